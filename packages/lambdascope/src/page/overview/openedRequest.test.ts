import { describe, expect, it } from 'vitest';
import type { ColdStart, Frame } from '../../emulator/live/frame.ts';
import type { RequestSummary } from '../../emulator/live/request.ts';
import { requestAt, slowestOf } from './openedRequest.ts';

const coldStart = (name: string, latencySeconds: number): ColdStart => ({
  function: name,
  count: 1,
  latencySeconds,
  initSeconds: 0.1,
  initConcurrency: 1,
});

/** One frame in ten seconds' width; a pixel is a tenth of a second, or a millisecond. */
const frames = [
  { time: 0, coldStarts: [], slowestCold: {}, slowest: 'first' },
  {
    time: 5,
    coldStarts: [coldStart('orders', 0.2), coldStart('health', 0.1)],
    slowestCold: { orders: 'cold-orders', health: 'cold-health' },
    slowest: 'second',
  },
  { time: 12, coldStarts: [], slowestCold: {} },
  { time: 30, coldStarts: [], slowestCold: {} },
] as unknown as readonly Frame[];

const chart = {
  valToPos: (value: number, scale: string) => (scale === 'x' ? value * 10 : value * 1000),
  posToIdx: (left: number) =>
    frames.reduce(
      (best, { time }, index) =>
        Math.abs(time * 10 - left) < Math.abs((frames[best]?.time ?? 0) * 10 - left) ? index : best,
      0,
    ),
};

describe('a click on the latency chart opens', () => {
  it.each([
    ['the slowest cold start, on its diamond', 52, 205, 'cold-orders'],
    ['the slowest request of its second, beside it', 52, 100, 'second'],
    ['that of the window, where none was in its second', 120, 0, 'second'],
    ['none, where the window had none', 300, 0, undefined],
  ])('%s', (_, left, top, id) => {
    expect(requestAt(chart, frames, left, top)).toBe(id);
  });

  it('none while nothing is known', () => {
    expect(requestAt(chart, [], 10, 10)).toBe(undefined);
  });
});

describe('the slowest request', () => {
  const request = (id: number, time: number, seconds: number, more = {}) =>
    ({ id: String(id), time, seconds, ...more }) as RequestSummary;

  it('is of the last minute, of those that a function got', () => {
    const requests = [
      request(1, 0, 9),
      request(2, 50, 1),
      request(3, 60, 2),
      request(4, 70, 5, { refused: 'burst' }),
    ];
    expect(slowestOf(requests)).toEqual({ request: requests[2], of: 'last minute' });
  });

  it('is of those that are kept, where they are not a minute’s', () => {
    const requests = Array.from({ length: 1000 }, (_, index) => request(index, index / 100, index));
    expect(slowestOf(requests)).toEqual({ request: requests[999], of: 'last 1,000' });
  });

  it('is none of none', () => {
    expect(slowestOf([])).toBe(undefined);
  });
});
