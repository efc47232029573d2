/** What happened between two readings, and how to add it up. */
import { type Bucket, histogramQuantile } from './histogramQuantile.ts';
import type { Reading, Readings, Series } from './readings.ts';

/** A number that a series has in a span. */
export type Measure = (series: Series) => number;

/** The time from one reading to a later one. */
export interface Span {
  readonly seconds: number;
  readonly series: Readings['series'];
  /** By how much a counter grew. */
  readonly increase: Measure;
  /** Where a gauge stood at the end. */
  readonly level: Measure;
}

/** The span between two readings. */
export function spanBetween({ series }: Readings, from: Reading, to: Reading): Span {
  const level: Measure = ({ column }) => to.values[column] ?? 0;
  return {
    seconds: to.time - from.time,
    series,
    increase: (one) => level(one) - (from.values[one.column] ?? 0),
    level,
  };
}

/** The sum over series. */
export function sum(series: readonly Series[], measure: Measure): number {
  return series.reduce((all, one) => all + measure(one), 0);
}

/** The sums over series by the value of a label. */
export function sumBy(
  series: readonly Series[],
  label: string,
  measure: Measure,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of series) {
    const value = String(one.labels[label] ?? '');
    sums.set(value, (sums.get(value) ?? 0) + measure(one));
  }
  return sums;
}

/** The mean of a histogram's values, and their quantiles; NaN without values. */
export function distribution({ series }: Span, name: string, measure: Measure) {
  const buckets: Bucket[] = [...sumBy(series(`${name}_bucket`), 'le', measure)].map(
    ([bound, count]) => ({ upperBound: bound === '+Inf' ? Infinity : Number(bound), count }),
  );
  return {
    mean: sum(series(`${name}_sum`), measure) / sum(series(`${name}_count`), measure),
    quantile: (quantile: number) => histogramQuantile(quantile, buckets),
  };
}
