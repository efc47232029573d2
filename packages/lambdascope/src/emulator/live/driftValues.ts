/** How far what functions record is from constants, for the live page. */
import { jensenShannonDistance, populationStability } from '../../drift.ts';
import type { ShownMetric } from '../livePage.ts';
import type { Series } from './readings.ts';
import type { Span } from './span.ts';

/** Counts of the same cells, buckets or classes, in what a function recorded and in the constants. */
interface Compared {
  readonly labels: Series['labels'];
  readonly seen: readonly number[];
  readonly reference: readonly number[];
}

/**
 * The drift of a metric in a span, NaN where too few values were recorded: of a histogram by its first
 * label, of the function that is furthest off; of a gauge by function.
 *
 * @param minimumRows fewer have no drift
 */
export function driftValues(
  metric: ShownMetric,
  span: Span,
  minimumRows: number,
): Map<string, number> {
  const { kind, labels: [label = '', ...others] = [] } = metric;
  const isByValue = kind === 'histogram';
  const all = isByValue
    ? compare(metric, span, { suffix: '_bucket', cell: 'le', by: [label, ...others] }).map(
        inBuckets,
      )
    : compare(metric, span, { suffix: '', cell: label, by: others });
  const largest = new Map<string, number>();
  for (const { labels, seen, reference } of all) {
    const name = String(labels[isByValue ? label : 'function']);
    const isEnough = sumOf(seen) >= minimumRows;
    const statistic = isByValue ? populationStability : jensenShannonDistance;
    const drift = isEnough ? statistic(seen, reference) : Number.NaN;
    const before = largest.get(name) ?? Number.NaN;
    largest.set(name, Number.isNaN(before) || drift > before ? drift : before);
  }
  return largest;
}

/** What each function recorded beside the constants of the same labels, of which there are some. */
function compare(
  { name, panel }: ShownMetric,
  span: Span,
  { suffix, cell, by }: { suffix: string; cell: string; by: readonly string[] },
): Compared[] {
  const key = ({ labels }: Series, names: readonly string[]) =>
    names.map((one) => labels[one]).join('\n');
  const constants = new Map(
    span.series(`${name}${suffix}`).map((one) => [key(one, [cell, ...by]), span.level(one)]),
  );
  const recorded = Map.groupBy(span.series(`${panel.of}${suffix}`), (one) =>
    key(one, ['function', ...by]),
  );
  return [...recorded.values()].flatMap((series) => {
    const reference = series.map((one) => constants.get(key(one, [cell, ...by])) ?? 0);
    const [first] = series;
    if (first === undefined || sumOf(reference) === 0) return [];
    return [{ labels: first.labels, seen: series.map(span.increase), reference }];
  });
}

/** Counts in each bucket, of those at or below each edge: the registry has the edges in their order. */
function inBuckets({ labels, seen, reference }: Compared): Compared {
  const differences = (counts: readonly number[]) =>
    counts.map((count, index) => count - (counts[index - 1] ?? 0));
  return { labels, seen: differences(seen), reference: differences(reference) };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
