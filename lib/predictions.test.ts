import fc from 'fast-check';
import { expect, it } from 'vitest';
import { infer } from './inference.ts';
import { prediction, predictionsJson } from './predictions.ts';
import { model } from './servedModel.ts';

it('writes for each row of a batch what it would write for the row alone', () => {
  const cell = fc.oneof(fc.double({ min: 0, max: 8, noNaN: true }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 40 }),
      (table) => {
        const rows = Float64Array.from(table.flat());
        const inference = infer(model, rows);
        const alone = table.map((row) => {
          const one = Float64Array.from(row);
          return prediction(model, one, infer(model, one), 0);
        });
        expect(JSON.parse(predictionsJson(model, rows, inference))).toEqual(
          JSON.parse(JSON.stringify(alone)),
        );
      },
    ),
  );
});

it('gives shares that add up to 1, and a warning for every row that has one', () => {
  const rows = Float64Array.from([5.1, 3.5, 1.4, 0.2, 100, 3.5, 1.4, 0.2, 6, 2.7, 5, 1.7]);
  const inference = infer(model, rows);
  const answers = [0, 1, 2].map((row) => prediction(model, rows, inference, row));
  for (const { probabilities, prediction: winner, confidence } of answers) {
    const shares = Object.values(probabilities);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(probabilities[winner]).toBe(confidence);
  }
  expect(answers[0]?.warnings).toEqual([]);
  expect(answers[1]?.warnings.map(({ code }) => code)).toContain('out_of_distribution');
  expect(answers[2]?.confidence).toBeLessThan(model.lowConfidence);
  expect(answers[2]?.warnings.map(({ code }) => code)).toContain('low_confidence');
});
