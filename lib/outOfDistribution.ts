/** How far a row lies from the training data, and which of its features put it there. */
import type { Model } from './model.ts';

/** Where the training data lies: a mean for each class, and one covariance around them. */
export interface Reference {
  /** A row at a greater distance is out of distribution. */
  readonly threshold: number;
  /** Share of rows like the training data that lie beyond the threshold, by design. */
  readonly falseAlarmRate: number;
  /** Mean of each class: class after class, one value a feature. */
  readonly means: Float64Array;
  /** Inverse of the covariance's Cholesky factor: lower triangular, row after row. */
  readonly whitening: Float64Array;
  /** The means times the whitening matrix. */
  readonly whitenedMeans: Float64Array;
}

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

/** Makes a reference ready to measure with. */
export function prepareReference(stored: Omit<Reference, 'whitenedMeans'>): Reference {
  const { means, whitening } = stored;
  const featureCount = Math.sqrt(whitening.length);
  const whitenedMeans = new Float64Array(means.length);
  for (let start = 0; start < means.length; start += featureCount) {
    whiten(whitening, means, start, whitenedMeans.subarray(start, start + featureCount));
  }
  return { ...stored, whitenedMeans };
}

/**
 * The Mahalanobis distance of each row to the nearest class mean, under the covariance within
 * classes: K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples",
 * NeurIPS 2018. Always finite.
 *
 * @param rows feature values, row after row
 */
export function distances(reference: Reference, rows: Float64Array): Float64Array {
  const { whitening, whitenedMeans } = reference;
  const featureCount = Math.sqrt(whitening.length);
  const whitened = new Float64Array(featureCount);
  const result = new Float64Array(rows.length / featureCount);
  for (let row = 0; row < result.length; row += 1) {
    whiten(whitening, rows, row * featureCount, whitened);
    // Overflow gives Infinity or NaN: neither is below the greatest number.
    let nearest = Number.MAX_VALUE;
    for (let mean = 0; mean < whitenedMeans.length; mean += featureCount) {
      const squared = squaredDistance(whitened, whitenedMeans, mean);
      if (squared < nearest) nearest = squared;
    }
    result[row] = Math.sqrt(nearest);
  }
  return result;
}

/** Squared distance to the mean that starts at `mean`. */
function squaredDistance(
  whitened: Float64Array,
  whitenedMeans: Float64Array,
  mean: number,
): number {
  let squared = 0;
  for (let i = 0; i < whitened.length; i += 1) {
    const difference = (whitened[i] as number) - (whitenedMeans[mean + i] as number);
    squared += difference * difference;
  }
  return squared;
}

/** Multiplies the values from `start` on with the whitening matrix. */
function whiten(
  whitening: Float64Array,
  values: Float64Array,
  start: number,
  result: Float64Array,
): void {
  for (let i = 0; i < result.length; i += 1) {
    let sum = 0;
    for (let j = 0; j <= i; j += 1) {
      sum += (whitening[i * result.length + j] as number) * (values[start + j] as number);
    }
    result[i] = sum;
  }
}

/**
 * Names the features at fault in a row that is out of distribution: those that, left out one after
 * another, bring what remains of the row within the threshold of the nearest class. Each time the
 * one goes that reduces the distance most: the greatest conditional term of Mason, Tracy and Young,
 * "Decomposition of T2 for Multivariate Control Chart Interpretation", J. Quality Technology, 1995.
 * Single values may well lie between `min` and `max`: it is their combination that is odd.
 *
 * @param row one value a feature
 * @returns at least one feature, the worst first
 */
export function featuresAtFault(model: Model, row: Float64Array): FeatureAtFault[] {
  const { threshold, whitening } = model.outOfDistribution;
  const precision = precisionMatrix(whitening);
  const differences = differencesFromNearest(model.outOfDistribution, row);
  const atFault: number[] = [];
  let remaining = [...row.keys()];
  while (remaining.length > 0) {
    let squared = 0;
    let worst = 0;
    let greatestTerm = -1;
    for (const i of remaining) {
      let pull = 0;
      for (const j of remaining) pull += entry(precision, i, j) * (differences[j] as number);
      squared += pull * (differences[i] as number);
      const term = (pull * pull) / entry(precision, i, i);
      if (term > greatestTerm) {
        greatestTerm = term;
        worst = i;
      }
    }
    if (atFault.length > 0 && squared <= threshold ** 2) break;
    atFault.push(worst);
    remaining = remaining.filter((i) => i !== worst);
    leaveOut(precision, worst, remaining);
  }
  return atFault.map((index) => {
    const { name, min, max } = model.features[index] as Model['features'][number];
    return { name, value: row[index] as number, min, max };
  });
}

/** What separates a row from the mean of the nearest class. */
function differencesFromNearest(
  { means, whitening, whitenedMeans }: Reference,
  row: Float64Array,
): number[] {
  const whitened = new Float64Array(row.length);
  whiten(whitening, row, 0, whitened);
  let nearest = 0;
  let least = Number.MAX_VALUE;
  for (let mean = 0; mean < means.length; mean += row.length) {
    const squared = squaredDistance(whitened, whitenedMeans, mean);
    if (squared < least) {
      least = squared;
      nearest = mean;
    }
  }
  return Array.from(row, (value, i) => {
    const difference = value - (means[nearest + i] as number);
    return Math.max(-GREATEST_DIFFERENCE, Math.min(GREATEST_DIFFERENCE, difference));
  });
}

/** Inverse covariance: the whitening matrix, transposed, times itself. */
function precisionMatrix(whitening: Float64Array): number[][] {
  const size = Math.sqrt(whitening.length);
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      let sum = 0;
      for (let k = Math.max(i, j); k < size; k += 1) {
        sum += (whitening[k * size + i] as number) * (whitening[k * size + j] as number);
      }
      return sum;
    }),
  );
}

/** Turns the inverse covariance into that of the remaining features alone (Schur complement). */
function leaveOut(precision: number[][], left: number, remaining: readonly number[]): void {
  for (const i of remaining) {
    const factor = entry(precision, i, left) / entry(precision, left, left);
    const line = precision[i] as number[];
    for (const j of remaining) line[j] = (line[j] as number) - factor * entry(precision, left, j);
  }
}

function entry(matrix: readonly (readonly number[])[], i: number, j: number): number {
  return (matrix[i] as readonly number[])[j] as number;
}
