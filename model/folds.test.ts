import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOLDS, stratifiedFolds } from './folds.ts';

const labels = fc.array(fc.nat({ max: 3 }), { minLength: FOLDS, maxLength: 200 });

describe('stratified folds', () => {
  it('hold every row out once, and train on the others', () => {
    fc.assert(
      fc.property(labels, fc.nat(), (some, seed) => {
        const folds = stratifiedFolds(some, seed);
        const held = folds.flatMap(({ heldOut }) => heldOut).sort((a, b) => a - b);
        expect(held).toEqual([...some.keys()]);
        for (const { train, heldOut } of folds) {
          expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual([...some.keys()]);
        }
      }),
    );
  });

  it('hold out of each class as many as any other fold, or one more or less', () => {
    fc.assert(
      fc.property(labels, fc.nat(), (some, seed) => {
        const folds = stratifiedFolds(some, seed);
        for (const label of new Set(some)) {
          const counts = folds.map(
            ({ heldOut }) => heldOut.filter((row) => some[row] === label).length,
          );
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
