/** How far a row lies from the training data: Mahalanobis distance to the nearest class. */
import type { Model } from './model.ts';

/** Where the training data lies, class by class. */
export interface Reference {
  /** A row whose score is above lies outside the training data. */
  readonly threshold: number;
  /** Share of rows like the training data that the threshold flags by design. */
  readonly falseAlarmRate: number;
  /** Mean of each class, feature after feature. */
  readonly means: Float64Array;
  /**
   * Whitening matrix of each class: the inverse of the covariance's Cholesky factor, row-major,
   * lower triangular.
   */
  readonly whitenings: Float64Array;
}

/** A feature that makes a row differ from the training data. */
export interface FeatureAtFault {
  readonly name: string;
  readonly value: number;
  /** Least training value. */
  readonly min: number;
  /** Greatest training value. */
  readonly max: number;
}

/**
 * The distance of each row to the nearest class, in standard deviations of that class
 * (Mahalanobis 1936); always finite.
 *
 * @param rows feature values, row-major
 */
export function distances(
  { means, whitenings }: Reference,
  rows: Float64Array,
  featureCount: number,
): Float64Array {
  const count = rows.length / featureCount;
  const classCount = means.length / featureCount;
  const scores = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    const start = row * featureCount;
    let nearest = Number.MAX_VALUE;
    for (let c = 0; c < classCount; c += 1) {
      const mean = c * featureCount;
      let squared = 0;
      for (let i = 0; i < featureCount; i += 1) {
        const whitening = (mean + i) * featureCount;
        let sum = 0;
        for (let j = 0; j <= i; j += 1) {
          sum +=
            (whitenings[whitening + j] as number) *
            ((rows[start + j] as number) - (means[mean + j] as number));
        }
        squared += sum * sum;
      }
      // Overflow gives Infinity or NaN: neither is nearer than the greatest number.
      if (squared < nearest) nearest = squared;
    }
    scores[row] = Math.sqrt(nearest);
  }
  return scores;
}

/**
 * Names the features that make a row differ: those outside their training range, or, when none
 * is, those that add most to the distance from the nearest class.
 *
 * @param row feature values of one row
 * @returns at least one feature, the worst first
 */
export function featuresAtFault(model: Model, row: Float64Array): FeatureAtFault[] {
  const faults = model.features.map(({ name, min, max }, i) => ({
    name,
    value: row[i] as number,
    min,
    max,
  }));
  const outside = faults.filter(({ value, min, max }) => value < min || value > max);
  return outside.length > 0 ? outside : faults;
}
