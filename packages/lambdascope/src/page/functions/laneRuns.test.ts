import { describe, expect, it } from 'vitest';
import type { InstanceLane } from '../../emulator/live/functionView.ts';
import { busyShare, laneRuns } from './laneRuns.ts';

const lane: InstanceLane = {
  number: 1,
  initializationType: 'on-demand',
  startedAt: 101.5,
  loadedAt: 102.5,
  isBusy: false,
  invocations: 3,
  busy: [0, 0, 40, 40, 42, 0, 0, 1, 100, 0],
};

describe('an instance as runs', () => {
  it('is init, busy by tenths, and idle', () => {
    expect(laneRuns(lane, 100, 110)).toEqual([
      { kind: 'init', from: 1.5, to: 2.5, share: 1 },
      { kind: 'busy', from: 2.5, to: 5, share: 0.4 },
      { kind: 'idle', from: 5, to: 7, share: 0 },
      { kind: 'busy', from: 7, to: 8, share: 0.1 },
      { kind: 'busy', from: 8, to: 9, share: 1 },
      { kind: 'idle', from: 9, to: 10, share: 0 },
    ]);
  });

  it('ends when the instance does', () => {
    expect(laneRuns({ ...lane, endedAt: 106.5 }, 100, 110).at(-1)).toEqual({
      kind: 'idle',
      from: 5,
      to: 6.5,
      share: 0,
    });
  });

  it('begins at the left edge, of one that started before', () => {
    const old = { ...lane, startedAt: 5, loadedAt: 6, busy: [0, 0] };
    expect(laneRuns(old, 100, 102)).toEqual([{ kind: 'idle', from: 0, to: 2, share: 0 }]);
  });

  it('is init alone while it loads', () => {
    const { loadedAt, ...starting } = { ...lane, invocations: 0, busy: [] };
    expect(laneRuns(starting, 100, 110)).toEqual([{ kind: 'init', from: 1.5, to: 10, share: 1 }]);
  });
});

it('the busy share is over all that is shown', () => {
  expect(busyShare(lane)).toBeCloseTo(0.223, 9);
  expect(busyShare({ ...lane, busy: [] })).toBe(0);
});
