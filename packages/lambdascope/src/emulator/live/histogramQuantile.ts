/** Quantiles of a classic Prometheus histogram. */

/** A bucket: how many values were at or below its upper bound. */
export interface Bucket {
  /** Upper bound (`le`); `Infinity` for the last. */
  readonly upperBound: number;
  /** Cumulative count; may be an increase, so any number of at least 0. */
  readonly count: number;
}

/**
 * What PromQL's `histogram_quantile` gives: linear interpolation within the bucket that holds the
 * rank, from 0 in the lowest bucket; the highest finite bound when the rank lies beyond it.
 *
 * Method: `bucketQuantile` in Prometheus' promql/quantile.go,
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 *
 * @param quantile 0 to 1
 * @param buckets in any order; the highest must be `+Inf`
 * @returns NaN when there is no value, no finite bucket or no `+Inf` bucket.
 */
export function histogramQuantile(quantile: number, buckets: readonly Bucket[]): number {
  const sorted = buckets.toSorted((a, b) => a.upperBound - b.upperBound);
  const last = sorted.at(-1);
  const highestFinite = sorted.at(-2);
  if (last?.upperBound !== Number.POSITIVE_INFINITY || highestFinite === undefined)
    return Number.NaN;
  if (last.count === 0) return Number.NaN;

  const rank = quantile * last.count;
  let lower = 0;
  let below = 0;
  for (const { upperBound, count } of sorted) {
    if (upperBound === Number.POSITIVE_INFINITY) break;
    if (count >= rank) {
      if (lower === 0 && upperBound <= 0) return upperBound;
      return lower + (upperBound - lower) * ((rank - below) / (count - below));
    }
    lower = upperBound;
    below = count;
  }
  return highestFinite.upperBound;
}
