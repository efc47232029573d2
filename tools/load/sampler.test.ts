import { describe, expect, it } from 'vitest';
import { infer } from '../../lib/inference.ts';
import { model } from '../../lib/servedModel.ts';
import { createRandom } from './random.ts';
import { createSampler, type Row } from './sampler.ts';

const ROWS = 2000;

function draw(of: (sampler: ReturnType<typeof createSampler>) => Row, seed = 7): Row[] {
  const sampler = createSampler(model, createRandom(seed));
  return Array.from({ length: ROWS }, () => of(sampler));
}

/** Share of rows that the model warns of. */
function oddShare(rows: readonly Row[]): number {
  return infer(model, Float64Array.from(rows.flat())).outOfDistributionCount / rows.length;
}

/** Greatest difference of a feature's distribution from the training data, at its deciles. */
function drift(rows: readonly Row[]): number {
  return Math.max(
    ...model.features.flatMap(({ deciles, cumulativeCounts }, i) =>
      deciles.map((decile, n) => {
        const below = rows.filter((row) => (row[i] ?? 0) <= decile).length / rows.length;
        return Math.abs(below - (cumulativeCounts[n] ?? 0) / model.trainingRows);
      }),
    ),
  );
}

describe('rows to send', () => {
  it('are the same for the same seed, and others for another', () => {
    const rows = draw((sampler) => sampler.real(), 1);
    expect(draw((sampler) => sampler.real(), 1)).toEqual(rows);
    expect(draw((sampler) => sampler.real(), 2)).not.toEqual(rows);
  });

  it('look like the training data when real', () => {
    const rows = draw((sampler) => sampler.real());
    expect(oddShare(rows)).toBeLessThan(0.05);
    expect(drift(rows)).toBeLessThan(0.1);
    const { classes } = infer(model, Float64Array.from(rows.flat()));
    for (const [index] of model.classes.entries()) {
      const share = classes.filter((predicted) => predicted === index).length / ROWS;
      expect(share).toBeCloseTo(1 / model.classes.length, 1);
    }
  });

  it('are as fine as the training data', () => {
    for (const value of draw((sampler) => sampler.real()).flat()) {
      expect(`${value}`).toMatch(/^\d+(\.\d)?$/);
    }
  });

  it('fill the ranges of the exercise when uniform', () => {
    const rows = draw((sampler) => sampler.uniform());
    const ranges = [
      [4, 8],
      [2, 5],
      [1, 7],
      [0, 3],
    ];
    for (const [i, [low = 0, high = 0]] of ranges.entries()) {
      const values = rows.map((row) => row[i] ?? Number.NaN);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.min(...values)).toBeLessThan(low + 0.1);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(Math.max(...values)).toBeGreaterThan(high - 0.1);
    }
  });

  it('are all noticed when odd, also those inside every range', () => {
    const rows = draw((sampler) => sampler.odd());
    expect(oddShare(rows)).toBe(1);
    const inside = rows.filter((row) =>
      model.features.every(({ min, max }, i) => (row[i] ?? 0) >= min && (row[i] ?? 0) <= max),
    );
    expect(inside.length).toBeGreaterThan(ROWS / 10);
  });

  it('move away from the training data as they drift', () => {
    const distances = [0, 0.5, 1].map((progress) => drift(draw((s) => s.drifted(progress))));
    expect(distances[0]).toBeLessThan(0.1);
    expect(distances[1]).toBeGreaterThan(0.25);
    expect(distances[2]).toBeGreaterThan(distances[1] ?? 0);
  });
});
