import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyThrottle, anyTimes } from '../../../test/anyTraffic.ts';
import type { Throttle } from './throttle.ts';
import { createTokenBucket } from './tokenBucket.ts';

/** The algorithm as it is told: a step for every millisecond, which brings thousandths of tokens. */
function answers({ rate, burst }: Throttle, times: readonly number[]) {
  const full = burst * 1000;
  let level = full;
  let fullAt = 0;
  return Array.from({ length: (times.at(-1) ?? -1) + 1 }, (_, now) => {
    if (now > 0) level = Math.min(full, level + rate);
    if (level === full) fullAt = now;
    return times
      .filter((time) => time === now)
      .map(() => {
        if (rate === 0) return 'rate';
        if (level < 1000) return now < fullAt + 1000 ? 'burst' : 'rate';
        level -= 1000;
        return undefined;
      });
  }).flat();
}

it('admits and refuses as the algorithm does, millisecond after millisecond', () => {
  fc.assert(
    fc.property(anyThrottle, anyTimes, (throttle, times) => {
      const bucket = createTokenBucket(throttle);
      expect(times.map((now) => bucket.take(now))).toEqual(answers(throttle, times));
    }),
    { numRuns: 500 },
  );
});

it('tells requests at once from too many over time', () => {
  const bucket = createTokenBucket({ rate: 1, burst: 2 });
  expect([0, 0, 0, 999, 1000, 1000].map((now) => bucket.take(now))).toEqual([
    undefined,
    undefined,
    'burst',
    'burst',
    undefined,
    'rate',
  ]);
});

it.each([
  [{ rate: 0, burst: 5 }, 'rate'],
  [{ rate: 5, burst: 0 }, 'burst'],
])('%o refuses everything', (throttle, reason) => {
  const bucket = createTokenBucket(throttle);
  expect([0, 10_000].map((now) => bucket.take(now))).toEqual([reason, reason]);
});
