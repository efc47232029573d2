import { Counter, Gauge, Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { metrics } from '../../builtInMetrics.ts';
import { thresholds } from '../../dashboards/thresholds.ts';
import { KEPT_SECONDS } from './frame.ts';
import { type History, startHistory } from './history.ts';
import { createRequestLog } from './requestLog.ts';
import type { LiveUpdate } from './update.ts';

let requests: Counter;
let history: History;

beforeEach(async () => {
  vi.useFakeTimers();
  const registry = new Registry();
  const registers = [registry];
  const labelNames = [...metrics.requests.labels];
  requests = new Counter({ name: metrics.requests.name, help: 'Requests.', labelNames, registers });
  new Gauge({ name: 'shop_info', help: 'Shop.', labelNames: ['version'], registers }).set(
    { version: '1' },
    1,
  );
  const shown = [
    { name: 'shop_info', kind: 'gauge', help: 'Shop.', panel: { title: 'Shop', show: 'info' } },
  ] as const;
  history = await startHistory({
    registry,
    drain() {},
    shown: () => shown,
    log: createRequestLog(),
    drift: thresholds.drift,
  });
});

afterEach(() => {
  history.close();
  vi.useRealTimers();
});

const update = (id: string | null = null, after = 0): LiveUpdate =>
  JSON.parse(history.update(id, after));

/** Lets seconds pass, with a request in each. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    requests.inc({ function: 'orders' });
    await vi.advanceTimersByTimeAsync(1000);
  }
}

it('keeps a frame a second for fifteen minutes, and no more', async () => {
  await pass(KEPT_SECONDS + 50);
  const { frames, newest, lately, infos } = update();
  expect(newest).toBe(KEPT_SECONDS + 51);
  expect(frames).toHaveLength(KEPT_SECONDS + 1);
  const times = frames.map(({ time }) => time);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeCloseTo(KEPT_SECONDS, 3);
  expect(frames.at(-1)?.signals).toMatchObject({ seconds: 10, requests: { orders: 10 } });
  // What is older is kept in steps of ten seconds.
  expect(Math.abs(Number(lately.requests['orders']) - KEPT_SECONDS)).toBeLessThanOrEqual(10);
  expect(lately.requests['orders']).toBeCloseTo(lately.seconds, 3);
  expect(infos).toEqual({ shop_info: { version: '1' } });
});

it('tells what is new, of this history alone', async () => {
  await pass(3);
  const { history: id, newest, frames } = update();
  await pass(2);
  expect(update(id, newest).frames).toHaveLength(2);
  expect(update(id, newest + 2).frames).toEqual([]);
  expect(update(id, newest + 100).frames).toEqual([]);
  expect(update('another', newest).frames).toHaveLength(frames.length + 2);
});

it('begins again when the clock is set back', async () => {
  await pass(3);
  const { history: id, newest } = update();
  vi.setSystemTime(Date.now() - 60_000);
  await pass(1);
  const after = update(id, newest);
  expect(after.history).not.toBe(id);
  expect(after.frames).toHaveLength(1);
  expect(after.newest).toBe(newest + 1);
});
