/** This service as the kit watches it. */
import { plainService, type ServiceDescription } from 'lambdascope/dashboards/service';
import { modelAlerts, modelRecordings } from './modelAlerts.ts';

/**
 * The service but for its own metrics, which need a model, and which only colours follow from.
 *
 * @param functions those that somebody calls, in the order of serverless.yml
 */
export function serviceOf(functions: readonly string[]): ServiceDescription {
  return {
    ...plainService('lambdascope'),
    functions,
    recordings: Object.values(modelRecordings),
    alerts: [modelAlerts],
    runbooks: { alerts: 'docs/runbooks.md', aws: 'docs/deploy.md' },
  };
}
