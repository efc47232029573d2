import { assert as check, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atMost, evenly, merged, waves } from './arrivals.ts';

describe('arrivals', () => {
  it('come evenly', () => {
    expect([...evenly(4, 1)]).toEqual([0, 250, 500, 750]);
  });

  it('come in growing waves', () => {
    expect([...waves(3, 6, 3)]).toEqual([
      ...Array(2).fill(500),
      ...Array(4).fill(1500),
      ...Array(6).fill(2500),
    ]);
  });

  it('stay in order and are all there when merged', () => {
    check(
      property(
        double({ min: 0.1, max: 50, noNaN: true }),
        integer({ min: 1, max: 30 }),
        integer({ min: 1, max: 10 }),
        (rate, largest, seconds) => {
          const both = [...evenly(rate, seconds), ...waves(3, largest, seconds)];
          expect([...merged(evenly(rate, seconds), waves(3, largest, seconds))]).toEqual(
            both.sort((a, b) => a - b),
          );
        },
      ),
    );
  });

  it.each([0, 1, 3, 9])('are at most %i', (count) => {
    expect([...atMost(count, evenly(4, 1))]).toHaveLength(Math.min(count, 4));
  });
});
