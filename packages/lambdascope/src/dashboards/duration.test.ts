import { expect, it } from 'vitest';
import { duration } from './duration.ts';

it.each([
  [0, '0s'],
  [5, '5s'],
  [60, '1m'],
  [90, '90s'],
  [300, '5m'],
  [3600, '1h'],
  [86_400, '1d'],
  [259_200, '3d'],
])('writes %i seconds as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
