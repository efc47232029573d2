import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyByVotes, type Calibration } from '../lib/calibration.ts';
import { createRandom } from '../tools/load/random.ts';
import { fitBeta } from './betaCalibration.ts';
import { calibrate } from './calibrate.ts';

const TREES = 100;

/** Rows whose predictions are right as often as a calibration says. */
function rowsOf(truth: Calibration, count: number, seed: number) {
  const random = createRandom(seed);
  const accuracies = accuracyByVotes(truth, TREES);
  return Array.from({ length: count }, (_, index) => {
    const votes = 34 + Math.floor(random.uniform() * 67);
    const right = random.uniform() < (accuracies[votes] as number);
    return { fold: index % 5, confidence: votes / TREES, right };
  });
}

describe('beta calibration', () => {
  it.each([[{ a: 1, b: 1, c: 0 }], [{ a: 3, b: 0.5, c: 1 }], [{ a: 0.4, b: 0.2, c: -0.5 }]])(
    'finds how often votes are right: %j',
    (truth) => {
      const found = accuracyByVotes(fitBeta(rowsOf(truth, 20_000, 1), TREES), TREES);
      const true_ = accuracyByVotes(truth, TREES);
      for (let votes = 34; votes <= TREES; votes += 1) {
        expect(Math.abs((found[votes] as number) - (true_[votes] as number))).toBeLessThan(0.03);
      }
    },
  );

  it('never falls as votes rise, and is a probability, whatever the rows are', () => {
    const row = fc.record({ confidence: fc.integer({ min: 0, max: TREES }), right: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const shares = rows.map(({ confidence, right }) => ({
          confidence: confidence / TREES,
          right,
        }));
        const accuracies = accuracyByVotes(fitBeta(shares, TREES), TREES);
        accuracies.forEach((accuracy, votes) => {
          expect(accuracy).toBeGreaterThanOrEqual(accuracies[votes - 1] ?? 0);
          expect(accuracy).toBeLessThanOrEqual(1);
          expect(accuracy).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of a table without a mistake is nearly certain', () => {
    const rows = Array.from({ length: 150 }, () => ({ confidence: 1, right: true }));
    const accuracy = accuracyByVotes(fitBeta(rows, TREES), TREES)[TREES] as number;
    expect(accuracy).toBeCloseTo(151 / 152, 6);
  });
});

describe('calibration', () => {
  it('takes the error out of vote shares that say too little', () => {
    const rows = rowsOf({ a: 2, b: 2, c: 1 }, 20_000, 2);
    const { errorBefore, errorAfter, errorByChance } = calibrate(rows, TREES);
    expect(errorBefore).toBeGreaterThan(0.05);
    expect(errorAfter).toBeLessThan(3 * errorByChance);
  });

  it('has the reliability of each bin of vote shares', () => {
    const rows = [
      { fold: 0, confidence: 0.55, right: true },
      { fold: 1, confidence: 0.59, right: false },
      { fold: 2, confidence: 1, right: true },
    ];
    const { reliability, errorBefore } = calibrate(rows, TREES);
    expect(reliability.filter((bin) => bin.rows > 0)).toMatchObject([
      { from: 0.5, to: 0.6, rows: 2, confidence: expect.closeTo(0.57), accuracy: 0.5 },
      { from: 0.9, to: 1, rows: 1, confidence: 1, accuracy: 1 },
    ]);
    expect(errorBefore).toBeCloseTo((2 * 0.07) / 3);
  });
});
