/** How a metric is filed in CloudWatch: by which dimensions. Each combination of their values is a billed metric. */
import type { MetricDefinition } from '../metrics.ts';

const EACH_FUNCTION = [[], ['function']] as const;

/** Sets of labels that a metric is split by; none when it does not go to CloudWatch. */
export function emfDimensions({ cloudWatch }: MetricDefinition): readonly (readonly string[])[] {
  if (typeof cloudWatch === 'string') return [];
  return cloudWatch?.dimensions ?? EACH_FUNCTION;
}
