/** An interval for a median, whatever the values are distributed like. */
import { median } from './quantile.ts';

/** A median and the interval that holds the true one, with the confidence that was asked for at least. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The interval that belongs to the sign test: between two values of the same rank from either end, as a
 * value is above the median as often as a coin shows heads (Conover, "Practical Nonparametric Statistics",
 * 3rd edition, 3.2).
 *
 * @returns all values' range where there are too few of them for that confidence: fewer than 6 for 95 %
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  let rank = 0;
  /** Chances that so many heads come, and that so many or fewer do. */
  let chance = 0.5 ** length;
  let tail = chance;
  while (2 * tail <= 1 - confidence) {
    rank += 1;
    chance *= (length - rank + 1) / rank;
    tail += chance;
  }
  const at = Math.max(0, rank - 1);
  return {
    median: median(sorted),
    low: sorted[at] ?? Number.NaN,
    high: sorted[length - 1 - at] ?? Number.NaN,
  };
}
