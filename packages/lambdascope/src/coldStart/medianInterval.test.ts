import { expect, it } from 'vitest';
import { medianInterval } from './medianInterval.ts';

/** 1 to a number, in another order. */
const upTo = (length: number) =>
  Array.from({ length }, (_, index) => ((index * 7) % length) + 1).map(Number);

it.each([
  // Ranks of the sign test's interval, as tables have them.
  [6, 1, 6],
  [10, 2, 9],
  [15, 4, 12],
  [25, 8, 18],
])('of %i values goes from rank %i to %i', (length, low, high) => {
  expect(medianInterval(upTo(length))).toEqual({ median: (length + 1) / 2, low, high });
});

it('is all there is of too few', () => {
  expect(medianInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
});
