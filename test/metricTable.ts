/** Every metric of this service, the kit's and the model's, as queries ask for it. */
import { metrics } from 'lambdascope/builtInMetrics';
import { type Queried, queried } from 'lambdascope/dashboards/promql';
import { modelMetrics } from '../lib/modelDefinitions.ts';
import { model } from '../lib/servedModel.ts';

export const metricTable: readonly Queried[] = [
  ...Object.values(metrics),
  ...Object.values(modelMetrics(model)).map(queried),
];
