import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  instances,
} from '../instanceEvents.ts';
import { KEPT_SECONDS } from './frame.ts';
import { followInstances, type Lanes } from './lanes.ts';

let lanes: Lanes;
let number = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  lanes = followInstances();
});

afterEach(() => {
  lanes.close();
  instances.clear();
  vi.useRealTimers();
});

/** As it is before the clock is a test's. */
const { timeOrigin } = performance;

/** The second of Unix time. */
const now = () => Math.floor((timeOrigin + performance.now()) / 1000);
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

/** Goes to the beginning of a second. */
function beginSecond(): void {
  vi.advanceTimersByTime(1000 - ((timeOrigin + performance.now()) % 1000));
}

function anInstance(loadedAt?: number): { -readonly [Key in keyof Instance]: Instance[Key] } {
  number += 1;
  const instance = {
    number,
    function: 'orders',
    isBusy: false,
    startedAt: performance.now(),
    loadedAt,
    initSeconds: undefined,
    initConcurrency: undefined,
    initializationType: 'on-demand' as const,
    memorySizeBytes: 1,
    maxMemoryUsedBytes: undefined,
  };
  instances.add(instance);
  return instance;
}

/** Gives an instance an invocation; ends it by what is returned. */
function give(instance: Instance): () => void {
  const invocation = { instance, givenAt: performance.now() } as GivenInvocation;
  instanceEvents.emit('given', invocation);
  return () => instanceEvents.emit('over', invocation, { kind: 'failed' }, []);
}

it('tells how busy an instance was in each second, whether it has ended or not', () => {
  beginSecond();
  const from = now();
  const instance = anInstance(performance.now());
  const [end] = [give(instance)];
  pass(2.25);
  end();
  pass(1);
  const again = give(instance);
  pass(0.5);
  const [lane] = lanes.between(from, from + 5);
  expect(lane).toMatchObject({ number, invocations: 2, isBusy: true });
  expect(lane?.busy).toEqual([100, 100, 25, 50, 0]);
  again();
  expect(lanes.between(from, from + 5)[0]?.busy).toEqual([100, 100, 25, 50, 0]);
});

it('counts no time in which an instance loads', () => {
  beginSecond();
  const from = now();
  const instance = anInstance();
  const end = give(instance);
  pass(1.5);
  expect(lanes.between(from, from + 2)[0]).toMatchObject({ isBusy: true, busy: [0, 0] });
  instance.loadedAt = performance.now();
  pass(0.5);
  end();
  expect(lanes.between(from, from + 2)[0]?.busy).toEqual([0, 50]);
});

it('keeps an instance that has ended for as long as it is in sight', () => {
  beginSecond();
  const from = now();
  const instance = anInstance(performance.now());
  instances.delete(instance);
  give(instance)();
  instanceEvents.emit('ended', instance);
  pass(10);
  expect(lanes.between(from, now())).toHaveLength(1);
  expect(lanes.between(from + 1, now())).toEqual([]);
});

it('forgets what is longer ago than is kept', () => {
  beginSecond();
  const instance = anInstance(performance.now());
  for (let round = 0; round < 3; round += 1) {
    const end = give(instance);
    pass(0.4);
    end();
    pass(KEPT_SECONDS - 0.4);
  }
  const end = give(instance);
  pass(0.2);
  end();
  const busy = lanes.between(now() - KEPT_SECONDS + 1, now() + 1)[0]?.busy ?? [];
  expect(busy).toHaveLength(KEPT_SECONDS);
  expect(busy.reduce((all, one) => all + one, 0)).toBe(20);
});
