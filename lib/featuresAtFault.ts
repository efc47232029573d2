/** Which features of a row put it out of distribution. */
import type { Feature, Model } from './model.ts';

/** A feature without which a row would not be out of distribution. */
export interface FeatureAtFault {
  readonly name: string;
  readonly value: number;
  /** Least training value. */
  readonly min: number;
  /** Greatest training value. */
  readonly max: number;
}

/** Differences from a mean are cut here, so that their squares do not overflow. */
const GREATEST_DIFFERENCE = 1e100;

/** A matrix by lines. */
type Lines = number[][];

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
  { features, outOfDistribution }: Model,
  row: Float64Array,
): FeatureAtFault[] {
  const { threshold, means, whitening } = outOfDistribution;
  const differences = differencesFromMeans(means, row);
  const precision = precisionMatrix(whitening, row.length);
  const atFault: number[] = [];
  let remaining = [...row.keys()];
  while (remaining.length > 0) {
    const pulls = differences.map((ofClass) => multiply(precision, ofClass, remaining));
    const squares = differences.map((ofClass, index) => dot(at(pulls, index), ofClass, remaining));
    const nearest = squares.indexOf(Math.min(...squares));
    if (atFault.length > 0 && at(squares, nearest) <= threshold ** 2) break;
    const pull = at(pulls, nearest);
    const worst = remaining.reduce((a, b) =>
      term(precision, pull, b) > term(precision, pull, a) ? b : a,
    );
    atFault.push(worst);
    remaining = remaining.filter((index) => index !== worst);
    leaveOut(precision, worst, remaining);
  }
  return atFault.map((index) => {
    const { name, min, max } = features[index] as Feature;
    return { name, value: at(row, index), min, max };
  });
}

/** What separates a row from the mean of each class. */
function differencesFromMeans(means: Float64Array, row: Float64Array): Lines {
  return Array.from({ length: means.length / row.length }, (_, index) =>
    Array.from(row, (value, i) => {
      const difference = value - at(means, index * row.length + i);
      return Math.max(-GREATEST_DIFFERENCE, Math.min(GREATEST_DIFFERENCE, difference));
    }),
  );
}

/** Inverse covariance: the whitening matrix, transposed, times itself. */
function precisionMatrix(whitening: Float64Array, size: number): Lines {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      let sum = 0;
      for (let k = Math.max(i, j); k < size; k += 1) {
        sum += at(whitening, k * size + i) * at(whitening, k * size + j);
      }
      return sum;
    }),
  );
}

/** Turns the inverse covariance into that of the remaining features alone (Schur complement). */
function leaveOut(precision: Lines, left: number, remaining: readonly number[]): void {
  for (const i of remaining) {
    const line = at(precision, i);
    const factor = at(line, left) / at(at(precision, left), left);
    for (const j of remaining) line[j] = at(line, j) - factor * at(at(precision, left), j);
  }
}

/** By how much the squared distance shrinks without a feature. */
function term(precision: Lines, pull: readonly number[], index: number): number {
  return at(pull, index) ** 2 / at(at(precision, index), index);
}

function multiply(
  matrix: Lines,
  vector: readonly number[],
  remaining: readonly number[],
): number[] {
  const result = vector.map(() => 0);
  for (const i of remaining) result[i] = dot(at(matrix, i), vector, remaining);
  return result;
}

function dot(a: readonly number[], b: readonly number[], remaining: readonly number[]): number {
  let sum = 0;
  for (const i of remaining) sum += at(a, i) * at(b, i);
  return sum;
}

/** An element that is there. */
function at<T>(list: ArrayLike<T>, index: number): T {
  return list[index] as T;
}
