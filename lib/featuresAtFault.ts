/** Which features of a row put it out of distribution. */
import type { Feature, Model } from './model.ts';
import type { FeatureAtFault } from './schemas.ts';

/** Differences from a mean are cut here, so that their squares do not overflow. */
const GREATEST_DIFFERENCE = 1e100;

/**
 * Leaves out one feature after another until what remains of the row lies within the threshold of
 * a class, and names those left out. Each time the feature goes whose going shortens the distance
 * most: the one with the greatest conditional term of R. L. Mason, N. D. Tracy and J. C. Young,
 * "Decomposition of T2 for Multivariate Control Chart Interpretation", J. Quality Technology, 1995.
 * A value may well lie between `min` and `max`: then it does not go with the others.
 *
 * @param row one value a feature, out of distribution
 * @returns at least one feature, the worst first
 */
export function featuresAtFault(
  { features, outOfDistribution: { threshold, means, precision } }: Model,
  row: Float64Array,
): FeatureAtFault[] {
  // Inverse covariance of the features that remain.
  const inverse = precision.slice();
  const atFault: number[] = [];
  let remaining = [...row.keys()];
  while (remaining.length > 0) {
    const { squared, worst } = nearestMean(row, means, inverse, remaining);
    if (atFault.length > 0 && squared <= threshold ** 2) break;
    atFault.push(worst);
    remaining = remaining.filter((index) => index !== worst);
    leaveOut(inverse, row.length, worst, remaining);
  }
  return atFault.map((index) => {
    const { name, min, max } = features[index] as Feature;
    return { name, value: row[index] as number, min, max };
  });
}

/**
 * The least squared distance to a mean in the remaining features, and the feature without which
 * that would shrink most.
 */
function nearestMean(
  row: Float64Array,
  means: Float64Array,
  inverse: Float64Array,
  remaining: readonly number[],
): { squared: number; worst: number } {
  let nearest = { squared: Number.POSITIVE_INFINITY, worst: remaining[0] as number };
  const differences = new Float64Array(row.length);
  for (let mean = 0; mean < means.length; mean += row.length) {
    for (const i of remaining) {
      differences[i] = limit((row[i] as number) - (means[mean + i] as number));
    }
    let squared = 0;
    let worst = remaining[0] as number;
    let greatestTerm = 0;
    for (const i of remaining) {
      let pull = 0;
      for (const j of remaining) {
        pull += (inverse[i * row.length + j] as number) * (differences[j] as number);
      }
      squared += pull * (differences[i] as number);
      const term = (pull * pull) / (inverse[i * row.length + i] as number);
      if (term > greatestTerm) {
        greatestTerm = term;
        worst = i;
      }
    }
    if (squared < nearest.squared) nearest = { squared, worst };
  }
  return nearest;
}

function limit(difference: number): number {
  return Math.max(-GREATEST_DIFFERENCE, Math.min(GREATEST_DIFFERENCE, difference));
}

/** Turns the inverse covariance into that of the remaining features alone (Schur complement). */
function leaveOut(
  inverse: Float64Array,
  size: number,
  left: number,
  remaining: readonly number[],
): void {
  for (const i of remaining) {
    const factor = (inverse[i * size + left] as number) / (inverse[left * size + left] as number);
    for (const j of remaining) {
      inverse[i * size + j] =
        (inverse[i * size + j] as number) - factor * (inverse[left * size + j] as number);
    }
  }
}
