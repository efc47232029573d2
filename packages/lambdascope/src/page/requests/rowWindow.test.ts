import { describe, expect, it } from 'vitest';
import { movedBy, rowWindow, scrolledTo } from './rowWindow.ts';

const sight = { top: 300, height: 300, rowHeight: 30 };

describe('the rows that are drawn', () => {
  it('are those in sight and a few beyond', () => {
    expect(rowWindow(sight, 1000)).toEqual([2, 28]);
  });

  it('end where the list does', () => {
    expect(rowWindow({ ...sight, top: 0 }, 3)).toEqual([0, 3]);
    expect(rowWindow({ ...sight, top: 3000 }, 3)).toEqual([3, 3]);
  });
});

describe('scrolling to a row', () => {
  it.each([
    [15, 300],
    [5, 150],
    [30, 630],
  ])('%i puts the top at %i', (index, top) => {
    expect(scrolledTo(index, sight)).toBe(top);
  });
});

describe('a key', () => {
  it.each([
    ['ArrowDown', 6],
    ['ArrowUp', 4],
    ['PageDown', 15],
    ['PageUp', 0],
    ['Home', 0],
    ['End', 99],
    ['a', undefined],
  ])('%s moves from row 5 to %s', (key, to) => {
    expect(movedBy(key, 5, 100, 10)).toBe(to);
  });

  it('moves to no row beyond the last', () => {
    expect(movedBy('ArrowDown', 99, 100, 10)).toBe(99);
  });
});
