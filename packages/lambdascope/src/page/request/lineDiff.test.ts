import { describe, expect, it } from 'vitest';
import { lineDiff } from './lineDiff.ts';

/** Rows as "left|right", with what is the same as one. */
const shown = (left: string, right: string) =>
  lineDiff([...left], [...right]).map((row) =>
    row.isSame ? row.left : `${row.left ?? ''}|${row.right ?? ''}`,
  );

describe('two texts line by line', () => {
  it.each([
    ['abc', 'abc', ['a', 'b', 'c']],
    ['abc', 'axc', ['a', 'b|x', 'c']],
    ['abc', 'ac', ['a', 'b|', 'c']],
    ['ac', 'abc', ['a', '|b', 'c']],
    ['abcd', 'xbyd', ['a|x', 'b', 'c|y', 'd']],
    ['', 'ab', ['|a', '|b']],
    ['aa', 'a', ['a', 'a|']],
  ])('%j and %j', (left, right, rows) => {
    expect(shown(left, right)).toEqual(rows);
  });

  it('gives up on finding the best of very long ones, and shows all lines of both', () => {
    const left = Array.from({ length: 3000 }, (_, index) => `left ${index}`);
    const right = Array.from({ length: 3000 }, (_, index) => `right ${index}`);
    const rows = lineDiff(left, right);
    expect(rows.map((row) => row.left)).toEqual(left);
    expect(rows.map((row) => row.right)).toEqual(right);
  });
});
