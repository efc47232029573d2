/** How far two distributions are apart, from the counts of each in the same buckets or classes. */

/**
 * Share that an empty bucket is given, so that a single empty one does not make two distributions
 * infinitely far apart; Evidently's.
 */
export const LEAST_SHARE = 0.0001;

/**
 * Population stability index (N. Siddiqi, Credit Risk Scorecards, 2006): the sum over buckets of
 * (p - q) ln(p / q), from 0, the same, without bound. Usually read as no change below 0.1 and as a
 * significant one above 0.25.
 *
 * @param seen count in each bucket
 * @param reference count in each of the same buckets
 * @returns NaN where either has no counts
 */
export function populationStability(seen: readonly number[], reference: readonly number[]): number {
  const p = shares(seen, LEAST_SHARE);
  const q = shares(reference, LEAST_SHARE);
  return p.reduce((sum, share, index) => {
    const other = q[index] ?? LEAST_SHARE;
    return sum + (share - other) * Math.log(share / other);
  }, 0);
}

/**
 * Jensen-Shannon distance (D. Endres and J. Schindelin, A new metric for probability distributions,
 * 2003), by logarithms to the base of 2: from 0, the same, to 1, nothing in common.
 *
 * @param seen count of each class
 * @param reference count of each of the same classes
 * @returns NaN where either has no counts
 */
export function jensenShannonDistance(
  seen: readonly number[],
  reference: readonly number[],
): number {
  const p = shares(seen, 0);
  const q = shares(reference, 0);
  const middle = p.map((share, index) => (share + (q[index] ?? 0)) / 2);
  // Of equal distributions rounding can make it less than nothing.
  return Math.sqrt(Math.max(0, (divergence(p, middle) + divergence(q, middle)) / 2));
}

/** Kullback-Leibler divergence in bits. */
function divergence(p: readonly number[], q: readonly number[]): number {
  return p.reduce(
    (sum, share, index) => (share === 0 ? sum : sum + share * Math.log2(share / (q[index] ?? 0))),
    0,
  );
}

function shares(counts: readonly number[], least: number): number[] {
  const whole = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => Math.max(count / whole, whole > 0 ? least : Number.NaN));
}
