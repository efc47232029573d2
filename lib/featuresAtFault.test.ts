import fc from 'fast-check';
import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { featuresAtFault } from './featuresAtFault.ts';
import { infer } from './inference.ts';
import { model } from './servedModel.ts';

function names(...row: number[]): string[] {
  return featuresAtFault(model, Float64Array.from(row)).map(({ name }) => name);
}

/** The Mahalanobis distance to the nearest class by the other features alone. */
function distanceWithout(left: readonly string[], row: readonly number[]): number {
  const { precision, means } = model.outOfDistribution;
  const kept = [...row.keys()].filter((i) => !left.includes(model.features[i]?.name ?? ''));
  if (kept.length === 0) return 0;
  const size = row.length;
  const covariance = inverse(Matrix.from1DArray(size, size, [...precision]));
  const alone = inverse(covariance.selection(kept, kept));
  const distances = model.classes.map((_, index) => {
    const difference = Matrix.columnVector(
      kept.map((i) => (row[i] ?? 0) - (means[index * size + i] ?? 0)),
    );
    return Math.sqrt(difference.transpose().mmul(alone).mmul(difference).get(0, 0));
  });
  return Math.min(...distances);
}

describe('features at fault', () => {
  it('gives the value and the training range', () => {
    expect(featuresAtFault(model, Float64Array.of(100, 3.5, 1.4, 0.2))).toEqual([
      { name: 'sepal_length', value: 100, min: 4.3, max: 7.9 },
    ]);
  });

  it.each([
    ['a setosa', [5.1, 3.5, 1.4, 0.2]],
    ['a versicolor', [5.9, 2.8, 4.3, 1.3]],
    ['a virginica', [6.6, 3, 5.6, 2]],
  ])('names the one value that is wrong in %s', (_flower, row) => {
    for (const [index, feature] of model.features.entries()) {
      expect(names(...row.with(index, 50))).toEqual([feature.name]);
    }
  });

  it('names those that do not go together when each is within its range', () => {
    expect(names(4.4, 4.4, 6.9, 0.1)).toContain('petal_length');
  });

  it('names every feature when all are far out, and one of four when one is', () => {
    expect(names(1e308, 1e308, 1e308, 1e308)).toHaveLength(4);
    expect(names(5.1, 3.5, 1.4, 1e308)).toEqual(['petal_width']);
  });

  it('names as many as it takes: the others are near a class, and not with the last one named', () => {
    const value = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(value, value, value, value, (...row) => {
        fc.pre(infer(model, Float64Array.from(row)).outOfDistributionCount === 1);
        const found = names(...row);
        const { threshold } = model.outOfDistribution;
        expect(distanceWithout(found, row)).toBeLessThanOrEqual(threshold);
        expect(distanceWithout(found.slice(0, -1), row)).toBeGreaterThan(threshold);
      }),
    );
  });

  it('names a feature even of a row that rounding alone puts out', () => {
    expect(names(5.1, 3.5, 1.4, 0.2)).toHaveLength(1);
  });

  it('names at least one feature of any row out of distribution, and none twice', () => {
    const value = fc.oneof(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(value, value, value, value, (...row) => {
        fc.pre(infer(model, Float64Array.from(row)).outOfDistributionCount === 1);
        const found = names(...row);
        expect(found.length).toBeGreaterThan(0);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});
