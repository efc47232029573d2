import { describe, expect, it } from 'vitest';
import type { Frame, Signals } from '../../emulator/live/frame.ts';
import { linesOf } from './lines.ts';

const frame = (seconds: number, requests: Signals['requests']) =>
  ({ signals: { seconds, requests } }) as Frame;

describe('the lines of a split number', () => {
  const newest = frame(10, { orders: 5, health: 0 });
  const lines = linesOf(
    ({ requests }) => requests,
    undefined,
    ({ seconds }) => seconds,
  )(newest.signals);
  const values = (one: Frame) => lines.map(({ value }) => value(one));

  it('are one for each name, divided', () => {
    expect(lines.map(({ label }) => label)).toEqual(['orders', 'health']);
    expect(values(newest)).toEqual([0.5, 0]);
  });

  it('have no value before there was the name, nor one of no time', () => {
    expect(values(frame(10, { orders: 5 }))).toEqual([0.5, undefined]);
    expect(values(frame(10, { orders: null }))).toEqual([undefined, undefined]);
    expect(values(frame(0, { orders: 0, health: 0 }))).toEqual([undefined, undefined]);
  });
});
