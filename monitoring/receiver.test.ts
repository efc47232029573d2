import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Order } from '../test/instanceThread.ts';
import { sample } from '../test/samples.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';
import { type Receiver, receive } from './receiver.ts';

const routes = [{ function: 'predict', method: 'POST', route: '/predict' }];
const requests = (status: number) =>
  `api_requests_total{function="predict",method="POST",route="/predict",status="${status}"}`;
const errors = (kind: string) => `lambda_errors_total{function="predict",kind="${kind}"}`;

let aggregator: Aggregator;
let receiver: Receiver;
const threads: Worker[] = [];

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  aggregator = createAggregator({ routes, clients: [] });
  receiver = receive(aggregator);
});

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
  receiver.close();
});

function startThread(): Worker {
  const thread = new Worker(new URL('../test/instanceThread.ts', import.meta.url));
  threads.push(thread);
  return thread;
}

/** Tells a thread what to do, and waits until it has. */
async function tell(thread: Worker, ...orders: Order[]): Promise<void> {
  for (const order of orders) {
    const done = once(thread, 'message');
    thread.postMessage(order);
    await done;
  }
}

/** The end of a thread, however it comes; `once` would reject at its error. */
function endOf(thread: Worker): Promise<void> {
  return new Promise((resolve) => thread.once('exit', () => resolve()));
}

/** Values of series, once everything that was sent is taken in. */
async function values(...series: string[]): Promise<(number | undefined)[]> {
  receiver.drain();
  const text = await aggregator.registry.metrics();
  return series.map((one) => sample(text, one));
}

const GAUGES = [
  'lambda_instances{function="predict"}',
  'lambda_invocations_in_flight{function="predict"}',
];

it('counts what threads report, as soon as they have reported it', async () => {
  const [one, two] = [startThread(), startThread()];
  await tell(one, 'begin', 'end', 'begin');
  await tell(two, 'begin');
  expect(await values(requests(200), ...GAUGES)).toEqual([1, 2, 2]);
  await tell(one, 'end');
  await tell(two, 'end');
  expect(await values(requests(200), ...GAUGES)).toEqual([3, 2, 0]);
});

it('learns of the model from the first thread, so that its predictions have series', async () => {
  await tell(startThread(), 'begin');
  const text = (await values(), await aggregator.registry.metrics());
  expect(text).toMatch(/^model_info\{name="iris-forest"/m);
});

it('forgets a thread that the emulator ended while idle', async () => {
  const thread = startThread();
  await tell(thread, 'begin', 'end');
  await thread.terminate();
  expect(await values(requests(200), requests(504), ...GAUGES)).toEqual([1, 0, 0, 0]);
});

it('counts a request that was ended with its thread as a time-out', async () => {
  const thread = startThread();
  await tell(thread, 'begin');
  await thread.terminate();
  expect(await values(requests(504), errors('timeout'), errors('handler'), ...GAUGES)).toEqual([
    1, 1, 0, 0, 0,
  ]);
});

it.each(['crash', 'exit'] as const)(
  'counts a request whose thread ends by itself (%s) as a handler error, and lives on',
  async (order) => {
    const thread = startThread();
    await tell(thread, 'begin');
    const gone = endOf(thread);
    thread.postMessage(order);
    await gone;
    expect(await values(requests(504), errors('timeout'), errors('handler'), ...GAUGES)).toEqual([
      1, 0, 1, 0, 0,
    ]);
  },
);

it('does not count twice what was answered just before the thread ended', async () => {
  const thread = startThread();
  await tell(thread, 'begin');
  const gone = endOf(thread);
  thread.postMessage('end');
  thread.postMessage('exit');
  await gone;
  expect(await values(requests(200), requests(504), ...GAUGES)).toEqual([1, 0, 0, 0]);
});

it('may be closed before the threads that it watches have ended', async () => {
  const thread = startThread();
  await tell(thread, 'begin');
  receiver.close();
  const gone = endOf(thread);
  await thread.terminate();
  await gone;
});
