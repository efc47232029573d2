/** Describes the training data of each feature: range, mean and deciles. */
import type { Feature } from '../lib/model.ts';
import { type Dataset, leastValue } from './dataset.ts';

const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** Describes every feature of a table. */
export function describeFeatures({ features, rows }: Dataset): Feature[] {
  return features.map(({ name, unit }, column) => {
    const values = rows.map((row) => row[column] as number);
    const sorted = values.toSorted((a, b) => a - b);
    // Values that occur, so that a bucket edge at a decile has an exact count.
    const deciles = new Set(DECILES.map((p) => sorted[Math.ceil(p * sorted.length) - 1] as number));
    const minimum = leastValue(unit);
    return {
      name,
      unit,
      ...(minimum === undefined ? {} : { minimum }),
      min: sorted[0] as number,
      max: sorted.at(-1) as number,
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      example: values[0] as number,
      deciles: [...deciles],
      cumulativeCounts: [...deciles].map((edge) => sorted.filter((value) => value <= edge).length),
    };
  });
}
