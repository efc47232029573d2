import { expect, it } from 'vitest';
import { survivorOf } from './survivor.ts';

const rows = (ids: string) => [...ids].map((id) => ({ id }));

it.each([
  ['the row where it went', 'abc', 'xyabc', 1, { was: 1, is: 3 }],
  ['the one above, when it is gone', 'abc', 'xyab', 2, { was: 1, is: 3 }],
  ['the nearest above, of several that are gone', 'abcd', 'xyza', 3, { was: 0, is: 3 }],
  ['none, when all are gone', 'abc', 'xyz', 2, undefined],
  ['none of none', '', 'xyz', 0, undefined],
])('holds its place: %s', (_, before, after, index, survivor) => {
  expect(survivorOf(rows(before), rows(after), index)).toEqual(survivor);
});
