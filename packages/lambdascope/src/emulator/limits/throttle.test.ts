import { expect, it } from 'vitest';
import { throttleOf } from './throttle.ts';

it.each([
  [5, 10, { rate: 5, burst: 10 }],
  ['0.5', '2', { rate: 0.5, burst: 2 }],
  [0, 0, { rate: 0, burst: 0 }],
  [5, undefined, { rate: 5, burst: 5_000 }],
  [{ Ref: 'Rate' }, 10, { rate: 10_000, burst: 10 }],
  [-1, -1, { rate: 10_000, burst: 5_000 }],
  [{ Ref: 'Rate' }, { Ref: 'Burst' }, undefined],
  ['', '1.2.3', undefined],
  [Number.NaN, true, undefined],
])('rate %j and burst %j are %j', (rate, burst, throttle) => {
  expect(throttleOf(rate, burst)).toEqual(throttle);
});
