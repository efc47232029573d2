/** Quantiles of measured values. */

/**
 * The value below which a share of the values is, between the two nearest: type 7 of Hyndman and Fan,
 * "Sample quantiles in statistical packages" (1996). NaN where there is no value.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
