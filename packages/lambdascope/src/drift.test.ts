import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jensenShannonDistance, populationStability } from './drift.ts';

/** Two lists of counts of the same length, of some rows each. */
const pairs = fc.integer({ min: 1, max: 20 }).chain((length) => {
  const counts = fc
    .array(fc.nat(10_000), { minLength: length, maxLength: length })
    .filter((list) => list.some((count) => count > 0));
  return fc.tuple(counts, counts);
});

describe.each([
  ['the population stability index', populationStability],
  ['the Jensen-Shannon distance', jensenShannonDistance],
])('%s', (_name, statistic) => {
  it('is 0 of the same shares, however many rows there are', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 1000 }), ([counts], times) => {
        const more = counts.map((count) => count * times);
        expect(statistic(more, counts)).toBeCloseTo(0, 6);
      }),
    );
  });

  it('is a number from 0 on, the same both ways', () => {
    fc.assert(
      fc.property(pairs, ([seen, reference]) => {
        const value = statistic(seen, reference);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(statistic(reference, seen)).toBeCloseTo(value, 9);
      }),
    );
  });

  it('is no number without rows', () => {
    expect(statistic([0, 0], [1, 1])).toBeNaN();
    expect(statistic([1, 1], [0, 0])).toBeNaN();
  });
});

it('gives an empty bucket a ten-thousandth', () => {
  expect(populationStability([0, 50], [75, 75])).toBeCloseTo(
    0.4999 * Math.log(5000) + 0.5 * Math.LN2,
  );
});

it('has a distance of 1 where nothing is in common', () => {
  expect(jensenShannonDistance([5, 0, 0], [0, 1, 1])).toBe(1);
});
