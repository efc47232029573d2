import fc from 'fast-check';
import { expect, it } from 'vitest';
import { phasesOf, type Times } from './phases.ts';

const cold: Times = {
  receivedAt: 1000,
  invokedAt: 1002,
  givenAt: 1003,
  beganAt: 1063,
  endedAt: 1080,
  answeredAt: 1081,
};

const millis = (times: Times, isCold: boolean) =>
  phasesOf(times, isCold).map(({ name, seconds }) => [name, Math.round(seconds * 1000)]);

it('names what a cold request waited for', () => {
  expect(millis(cold, true)).toEqual([
    ['gateway', 2],
    ['queue', 1],
    ['init', 60],
    ['function', 17],
    ['answer', 1],
  ]);
});

it('counts the wait for an instance that is there as queue', () => {
  expect(millis({ ...cold, beganAt: 1004 }, false)).toEqual([
    ['gateway', 2],
    ['queue', 2],
    ['function', 76],
    ['answer', 1],
  ]);
});

it('has neither queue nor init where no instance was given it', () => {
  const refused = { ...cold, givenAt: undefined, beganAt: undefined, endedAt: 1002 };
  expect(millis(refused, false)).toEqual([
    ['gateway', 2],
    ['answer', 79],
  ]);
});

it('adds up to the whole, with no gap, whatever clocks say', () => {
  const time = fc.integer({ min: 0, max: 5000 });
  const maybe = fc.option(time, { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({
        receivedAt: fc.constant(0),
        invokedAt: time,
        givenAt: maybe,
        beganAt: maybe,
        endedAt: time,
        answeredAt: fc.constant(5000),
      }),
      fc.boolean(),
      (times, isCold) => {
        let end = 0;
        for (const { startSeconds, seconds } of phasesOf(times, isCold)) {
          expect(startSeconds).toBeCloseTo(end, 9);
          expect(seconds).toBeGreaterThan(0);
          end = startSeconds + seconds;
        }
        expect(end).toBeCloseTo(5, 9);
      },
    ),
  );
});
