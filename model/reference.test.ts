import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { distances, prepareReference } from '../lib/outOfDistribution.ts';
import { fitMoments } from './reference.ts';

function score(rows: number[][], labels: number[], ...others: number[][]): number[] {
  const reference = prepareReference({
    ...fitMoments(rows, labels),
    threshold: 0,
    falseAlarmRate: 0,
  });
  return [...distances(reference, Float64Array.from(others.flat()))];
}

/** Points on a diagonal band, around two centres. */
function band(count: number): { rows: number[][]; labels: number[] } {
  const generator = xoroshiro128plus(5);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const rows = labels.map((label) => {
    const along = uniformInt(generator, -100, 100) / 10;
    const across = uniformInt(generator, -10, 10) / 10;
    return [1000 * label + along, along + across];
  });
  return { rows, labels };
}

describe('the fitted reference', () => {
  it('is near zero at the class means and measures across the band more than along it', () => {
    const { rows, labels } = band(400);
    const [first = 9, second = 9, along = 9, across = 0] = score(
      rows,
      labels,
      [0, 0],
      [1000, 0],
      [5, 5],
      [5, -5],
    );
    expect(first).toBeLessThan(0.2);
    expect(second).toBeLessThan(0.2);
    expect(along).toBeLessThan(1.5);
    expect(across).toBeGreaterThan(10);
  });

  it('does not depend on units', () => {
    const { rows, labels } = band(100);
    const scaled = rows.map(([x = 0, y = 0]) => [x * 1000, y / 1000]);
    const [before = 0] = score(rows, labels, [3, -2]);
    expect(score(scaled, labels, [3000, -0.002])[0]).toBeCloseTo(before, 6);
  });

  it('holds with a constant column, repeated columns and fewer rows than features', () => {
    const rows = Array.from({ length: 10 }, (_, i) => [
      i,
      i,
      7,
      -i,
      i * i,
      0,
      i % 2,
      i,
      3 * i,
      1,
      1,
      1,
    ]);
    const labels = rows.map((_, i) => Number(i >= 5));
    const known = rows[3] ?? [];
    const [near = 9, changed = 0, zero = 0] = score(
      rows,
      labels,
      known,
      known.with(2, 70),
      known.with(5, 50),
    );
    expect(near).toBeLessThan(5);
    expect(changed).toBeGreaterThan(near);
    expect(zero).toBeGreaterThan(near);
  });
});
