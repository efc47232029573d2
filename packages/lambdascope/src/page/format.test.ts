import { describe, expect, it } from 'vitest';
import { formatDollars, formatInstant, formatNumber, formatSeconds } from './format.ts';

describe('what there is not', () => {
  it.each([null, undefined, Number.NaN])('is a dash: %s', (nothing) => {
    expect(formatNumber(nothing)).toBe('–');
    expect(formatSeconds(nothing)).toBe('–');
  });
});

describe('money', () => {
  it.each([
    [0, '$0'],
    [0.0000166667, '$0.0000167'],
    [0.0123, '$0.0123'],
    [1.5, '$1.50'],
    [1234.567, '$1,234.57'],
  ])('%d is %s', (value, text) => {
    expect(formatDollars(value)).toBe(text);
  });
});

it('an instant has its milliseconds', () => {
  expect(formatInstant(1_700_000_000.0425)).toMatch(/^\d\d:\d\d:\d\d\.042$/);
});
