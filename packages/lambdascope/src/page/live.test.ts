import { describe, expect, it } from 'vitest';
import type { Frame } from '../emulator/live/frame.ts';
import type { RequestSummary } from '../emulator/live/request.ts';
import type { LiveUpdate } from '../emulator/live/update.ts';
import { take } from './live.ts';

const frame = (time: number) => ({ time }) as Frame;
const request = (id: number) => ({ id: String(id) }) as RequestSummary;
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** What the server answers, as far as the page puts it together. */
function update(history: string, times: readonly number[], ids: readonly number[] = []) {
  return {
    history,
    newest: times.length,
    frames: times.map(frame),
    requests: ids.map(request),
  } as unknown as LiveUpdate;
}

const times = (live: { frames: readonly Frame[] }) => live.frames.map(({ time }) => time);

describe('what the server has told', () => {
  it('goes on where it ended', () => {
    const live = take(take(undefined, update('a', [1, 2], [1])), update('a', [3], [2, 3]));
    expect(times(live)).toEqual([1, 2, 3]);
    expect(live.requests.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('is void when the history is another', () => {
    const live = take(take(undefined, update('a', [1, 2], [1])), update('b', [3], [2]));
    expect(times(live)).toEqual([3]);
    expect(live.requests.map(({ id }) => id)).toEqual(['2']);
    expect(live.told).toBe(2);
  });

  it('stays when there is nothing new', () => {
    expect(times(take(take(undefined, update('a', [1, 2])), update('a', [])))).toEqual([1, 2]);
  });

  it('is of the last 15 minutes and 1,000 requests', () => {
    const before = take(undefined, update('a', range(0, 900), range(0, 1000)));
    const live = take(before, update('a', range(900, 910), range(1000, 1300)));
    expect(times(live)).toEqual(range(9, 910));
    expect(live.requests.map(({ id }) => Number(id))).toEqual(range(300, 1300));
    expect(live.told).toBe(1300);
  });

  it('keeps its order when the clock was set back', () => {
    const live = take(take(undefined, update('a', [10, 20, 30])), update('a', [15, 16]));
    expect(times(live)).toEqual([10, 15, 16]);
  });
});
