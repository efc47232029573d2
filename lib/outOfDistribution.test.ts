import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distances, prepareReference } from './outOfDistribution.ts';
import { model } from './servedModel.ts';

const reference = model.outOfDistribution;

function distance(...row: number[]): number {
  return distances(reference, Float64Array.from(row))[0] ?? Number.NaN;
}

describe('the distance from the training data', () => {
  it('is that of Mahalanobis, to the nearest class', () => {
    // Two features of variance 4 and 1 with covariance 1, so that the inverse is [[1, -1], [-1, 4]] / 3.
    const whitening = Float64Array.of(1 / 2, 0, -1 / Math.sqrt(12), 2 / Math.sqrt(3));
    const made = prepareReference({
      threshold: 3,
      falseAlarmRate: 0.02,
      means: Float64Array.of(10, 20, 100, 200),
      whitening,
    });
    const rows = Float64Array.of(10, 20, 13, 20, 100, 202, 102, 201);
    const expected = [0, Math.sqrt(9 / 3), Math.sqrt(16 / 3), Math.sqrt((4 - 4 + 4) / 3)];
    for (const [row, value] of distances(made, rows).entries()) {
      expect(value).toBeCloseTo(expected[row] ?? Number.NaN, 12);
    }
    expect([...made.precision].map((value) => value * 3)).toEqual([
      expect.closeTo(1, 12),
      expect.closeTo(-1, 12),
      expect.closeTo(-1, 12),
      expect.closeTo(4, 12),
    ]);
  });

  it('is finite for any finite row', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(value, value, value, value, (...row) => {
        expect(distance(...row)).toSatisfy(Number.isFinite);
      }),
    );
  });
});
