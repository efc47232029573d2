/** What is committed for Prometheus and Grafana to load. */
import { readFileSync } from 'node:fs';
import { coldStarts } from 'lambdascope/dashboards/grafana/coldStarts';
import { grafanaFiles } from 'lambdascope/dashboards/grafana/grafanaFiles';
import { latency } from 'lambdascope/dashboards/grafana/latency';
import { overview } from 'lambdascope/dashboards/grafana/overview';
import { resources } from 'lambdascope/dashboards/grafana/resources';
import { ruleFiles } from 'lambdascope/dashboards/prometheus/ruleFiles';
import type { ServiceDescription } from 'lambdascope/dashboards/service';
import { parse } from 'yaml';
import { modelMetrics } from '../lib/modelDefinitions.ts';
import { model } from '../lib/servedModel.ts';
import { inference, modelDashboard } from './grafana/model.ts';
import { serviceOf } from './service.ts';

const COMMAND = 'npm run generate';

/** The service with the model that it serves. */
export const service: ServiceDescription = {
  ...serviceOf(calledFunctions()),
  metrics: Object.values(modelMetrics(model)),
};

/** The kit's dashboards, and one of the model in place of the kit's plain one of all definitions. */
const dashboards = [
  overview(service),
  latency(service, [[inference()]]),
  coldStarts(service),
  modelDashboard(service),
  resources(service),
];

/** Each file by its path from this folder. */
export const generatedFiles = [
  ...ruleFiles(service, COMMAND),
  ...grafanaFiles(service, COMMAND, dashboards),
];

/** The functions of serverless.yml that have events. */
function calledFunctions(): string[] {
  const source = readFileSync(new URL('../serverless.yml', import.meta.url), 'utf8');
  // CloudFormation's own tags would each be a warning.
  const { functions } = parse(source, { logLevel: 'error' });
  return Object.keys(functions).filter((name) => functions[name].events?.length > 0);
}
