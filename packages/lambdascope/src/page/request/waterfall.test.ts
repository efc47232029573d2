import { describe, expect, it } from 'vitest';
import type { Phase, TimedPart } from '../../emulator/live/request.ts';
import { bars } from './waterfall.ts';

const phases: readonly Phase[] = [
  { name: 'gateway', startSeconds: 0, seconds: 0.002 },
  { name: 'queue', startSeconds: 0.002, seconds: 0 },
  { name: 'init', startSeconds: 0.002, seconds: 0.1 },
  { name: 'function', startSeconds: 0.102, seconds: 0.018 },
  { name: 'answer', startSeconds: 0.12, seconds: 0.001 },
];

const part = (name: string, startMillis: number, millis: number): TimedPart => ({
  name,
  kind: 'span',
  startSeconds: startMillis / 1000,
  seconds: millis / 1000,
});

describe('the bars of a request', () => {
  it('are the phases that took time, and add up to the whole', () => {
    const shown = bars({ phases, parts: [] });
    expect(shown.map(({ name }) => name)).toEqual(['gateway', 'init', 'function', 'answer']);
    expect(shown.reduce((all, { seconds }) => all + seconds, 0)).toBeCloseTo(0.121, 9);
  });

  it('have parts below the function, each one deeper than what it lies in', () => {
    const parts = [
      part('forest', 106, 8),
      part('validate', 102, 2),
      part('handler', 105, 12),
      part('after', 118, 1),
      part('tree', 107, 2),
    ];
    expect(bars({ phases, parts }).map(({ name, depth }) => [name, depth])).toEqual([
      ['gateway', 0],
      ['init', 0],
      ['function', 0],
      ['validate', 1],
      ['handler', 1],
      ['forest', 2],
      ['tree', 3],
      ['after', 1],
      ['answer', 0],
    ]);
  });
});
