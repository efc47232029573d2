/** How a metric is filed in CloudWatch: by which dimensions, in which unit. Each combination is a billed metric. */
import type { MetricDefinition } from '../metrics.ts';

/** CloudWatch's name of a unit. */
export type EmfUnit = 'Seconds' | 'Bytes';

const EACH_FUNCTION = [[], ['function']] as const;

/** Sets of labels that a metric is split by; none when it does not go to CloudWatch. */
export function emfDimensions({ cloudWatch }: MetricDefinition): readonly (readonly string[])[] {
  if (typeof cloudWatch === 'string') return [];
  return cloudWatch?.dimensions ?? EACH_FUNCTION;
}

/** CloudWatch's unit of a metric, by its name's last part; none for counts and shares. */
export function emfUnit({ name }: MetricDefinition): EmfUnit | undefined {
  if (name.endsWith('_seconds')) return 'Seconds';
  return name.endsWith('_bytes') ? 'Bytes' : undefined;
}
