/** How far a row lies from the training data. */

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
  /** Inverse of the covariance, row after row. */
  readonly precision: Float64Array;
}

/** Makes a reference ready to measure with. */
export function prepareReference(
  stored: Omit<Reference, 'whitenedMeans' | 'precision'>,
): Reference {
  const { means, whitening } = stored;
  const featureCount = Math.sqrt(whitening.length);
  const whitenedMeans = new Float64Array(means.length);
  for (let start = 0; start < means.length; start += featureCount) {
    whiten(whitening, means, start, whitenedMeans.subarray(start, start + featureCount));
  }
  return { ...stored, whitenedMeans, precision: precisionMatrix(whitening, featureCount) };
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

/** The whitening matrix, transposed, times itself. */
function precisionMatrix(whitening: Float64Array, size: number): Float64Array {
  const precision = new Float64Array(size * size);
  for (let k = 0; k < size; k += 1) {
    const line = whitening.subarray(k * size, k * size + k + 1);
    for (let i = 0; i <= k; i += 1) {
      for (let j = 0; j <= k; j += 1) {
        const cell = i * size + j;
        precision[cell] = (precision[cell] as number) + (line[i] as number) * (line[j] as number);
      }
    }
  }
  return precision;
}
