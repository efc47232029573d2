import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accuracyAt } from './calibration.ts';
import { infer } from './inference.ts';
import { model } from './servedModel.ts';

it('expects as many rows to be right as their vote shares are worth', () => {
  const row = fc.tuple(
    ...model.features.map(({ min, max }) => fc.double({ min, max, noNaN: true })),
  );
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
      const { confidences, expectedCorrect } = infer(model, Float64Array.from(rows.flat()));
      const worth = [...confidences].map((share) =>
        accuracyAt(model.calibration, share, model.forest.trees),
      );
      expect(expectedCorrect).toBeCloseTo(worth.reduce((sum, accuracy) => sum + accuracy, 0));
      expect(expectedCorrect).toBeLessThanOrEqual(rows.length);
    }),
  );
});
