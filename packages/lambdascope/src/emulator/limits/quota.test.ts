import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createQuota, quotaPeriods } from './quota.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a period is called, from the text of a date; the first day of Unix time was a Thursday. */
const names = {
  DAY: (now: number) => new Date(now).toISOString().slice(0, 10),
  WEEK: (now: number) => `${Math.floor((Math.floor(now / DAY) + 4) / 7)}`,
  MONTH: (now: number) => new Date(now).toISOString().slice(0, 7),
};

it('gives its limit in each period of the calendar, in the first one less', () => {
  const settings = fc.record({
    limit: fc.nat({ max: 5 }),
    offset: fc.nat({ max: 6 }),
    period: fc.constantFrom(...quotaPeriods),
  });
  // From 2023, so that a leap year is near.
  const since = fc.integer({ min: 19_358, max: 20_500 }).map((day) => day * DAY);
  const anyWaits = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.nat({ max: HOUR }) },
      { weight: 1, arbitrary: fc.constantFrom(DAY, DAY - 1, 7 * DAY, 20 * DAY, 70 * DAY) },
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(settings, since, anyWaits, (given, start, waits) => {
      const quota = createQuota(given, start);
      const name = names[given.period];
      const used = new Map([[name(start), given.offset]]);
      let now = start;
      for (const wait of waits) {
        now += wait;
        const soFar = used.get(name(now)) ?? 0;
        expect(quota.take(now)).toBe(soFar < given.limit ? undefined : 'quota');
        used.set(name(now), soFar + 1);
      }
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['DAY', '2026-02-28T23:59:59.999Z', '2026-03-01T00:00:00Z'],
  // A Saturday and a Sunday.
  ['WEEK', '2026-01-03T23:59:59.999Z', '2026-01-04T00:00:00Z'],
  ['MONTH', '2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00Z'],
] as const)('a %s ends at %s', (period, last, next) => {
  const quota = createQuota({ limit: 1, period, offset: 0 }, Date.parse(last));
  expect(quota.take(Date.parse(last))).toBeUndefined();
  expect(quota.take(Date.parse(last))).toBe('quota');
  expect(quota.take(Date.parse(next))).toBeUndefined();
  // The clock is set back, into a period that is over.
  expect(quota.take(Date.parse(last))).toBe('quota');
});
