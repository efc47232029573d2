/** Which resource each metric belongs to, by OpenTelemetry's semantic conventions. */
import type { Family } from '../metricFamilies.ts';
import { memorySizes, type Serverless } from '../serverless.ts';
import { isReplaced } from './faasMetrics.ts';
import type { ResourceFamilies } from './resourceMetrics.ts';

/** Who sends: what Prometheus makes `job` and `instance` of. */
export interface Sender {
  readonly job: string;
  readonly instance: string;
}

/** Everything as one resource: the series are those of a Pushgateway's group. */
export function senderFamilies(
  { job, instance }: Sender,
  families: readonly Family[],
): ResourceFamilies {
  return { attributes: { 'service.name': job, 'service.instance.id': instance }, families };
}

/**
 * A resource for each function, with the metrics that the conventions name; and the sender's own, with all
 * for which they have no name.
 */
export function faasResources(
  { job, instance }: Sender,
  service: Serverless['service'],
  families: readonly Family[],
  faasFamilies: readonly Family[],
): readonly ResourceFamilies[] {
  const memory = memorySizes(service);
  const functions = service.getAllFunctions().map((key) => ({
    attributes: {
      'service.name': job,
      // Series of two functions differ by nothing else once they are in Prometheus.
      'service.instance.id': `${instance}/${key}`,
      'faas.name': service.getFunction(key).name,
      'faas.version': '$LATEST',
      'faas.max_memory': memory.get(key),
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': service.provider.region,
    },
    families: faasFamilies.map((family) => ({ ...family, series: seriesOf(family, key) })),
  }));
  const others = families.filter(({ name }) => !isReplaced(name));
  return [senderFamilies({ job, instance }, others), ...functions];
}

/** The series of one function, of which its resource tells. */
function seriesOf({ series }: Family, key: string): Family['series'] {
  return series
    .filter(({ labels }) => labels['function'] === key)
    .map(({ labels: { function: _, ...labels }, ...one }) => ({ ...one, labels }));
}
