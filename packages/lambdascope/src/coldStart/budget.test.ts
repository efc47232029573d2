import { expect, it } from 'vitest';
import { readOptions } from '../emulator/options.ts';
import { budgetOf } from './budget.ts';

const budget = { coldStart: '60ms', bundle: '10kB', functions: { big: { coldStart: '1.5 s' } } };

it.each([
  ['hello', undefined, 60, 10_000],
  ['big', undefined, 1500, 10_000],
  ['big', '5ms', 5, 10_000],
])('of %s with the flag %s is %d ms and %d B', (key, given, coldMillis, bundleBytes) => {
  expect(budgetOf(key, budget, given)).toEqual({ coldMillis, bundleBytes });
});

it('may be none', () => {
  expect(budgetOf('hello', {})).toEqual({ coldMillis: undefined, bundleBytes: undefined });
});

it('is checked', () => {
  expect(readOptions({ budget }).budget).toEqual(budget);
  expect(() => readOptions({ budget: { coldStart: '60' } })).toThrow(/budget\.coldStart/);
  expect(() => readOptions({ budget: { cold: '60ms' } })).toThrow(/has no option cold/);
});
