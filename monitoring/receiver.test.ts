import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import event from '../test/events/predict.json' with { type: 'json' };
import type { Order } from '../test/instanceThread.ts';
import { sample } from '../test/samples.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';
import { createInstances } from './instances.ts';
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
  const instances = createInstances();
  aggregator = createAggregator({ routes, clients: [], instances });
  receiver = receive(aggregator, instances);
});

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
  receiver.close();
});

function startThread(): Worker {
  const thread = new Worker(new URL('../test/instanceThread.ts', import.meta.url));
  threads.push(thread);
  // As the emulator: without a listener an error of the thread would be the test's own.
  thread.on('error', () => {});
  return thread;
}

/** Gives a thread an invocation, as the emulator does, with what to do with it. */
function give(thread: Worker, order: Order): void {
  thread.postMessage({ event, order });
}

/** Gives a thread invocations one after another, and waits until it has done with each as told. */
async function invoke(thread: Worker, ...orders: Order[]): Promise<void> {
  for (const order of orders) {
    const done = once(thread, 'message');
    give(thread, order);
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
  await invoke(one, 'answer', 'answer');
  await invoke(two, 'answer');
  expect(await values(requests(200), ...GAUGES)).toEqual([3, 2, 0]);
  await invoke(one, 'answer', 'hang');
  expect(await values(requests(200), ...GAUGES)).toEqual([4, 2, 1]);
});

it('learns of the model from the first thread, so that its predictions have series', async () => {
  await invoke(startThread(), 'answer');
  receiver.drain();
  const text = await aggregator.registry.metrics();
  expect(text).toMatch(/^model_info\{name="iris-forest"/m);
});

it('forgets a thread that the emulator ended while idle', async () => {
  const thread = startThread();
  await invoke(thread, 'answer');
  await thread.terminate();
  expect(await values(requests(200), requests(504), ...GAUGES)).toEqual([1, 0, 0, 0]);
});

it('counts a request that was ended with its thread as a time-out', async () => {
  const thread = startThread();
  await invoke(thread, 'hang');
  await thread.terminate();
  expect(await values(requests(504), errors('timeout'), errors('handler'), ...GAUGES)).toEqual([
    1, 1, 0, 0, 0,
  ]);
});

it.each(['crash', 'exit'] as const)(
  'counts a request whose thread ends by itself (%s) as a handler error, and lives on',
  async (order) => {
    const thread = startThread();
    await invoke(thread, 'answer');
    const gone = endOf(thread);
    give(thread, order);
    await gone;
    expect(await values(requests(502), errors('timeout'), errors('handler'), ...GAUGES)).toEqual([
      1, 0, 1, 0, 0,
    ]);
    // And what it had answered just before, once.
    expect(await values(requests(200))).toEqual([1]);
  },
);

it('may be closed before the threads that it watches have ended', async () => {
  const thread = startThread();
  await invoke(thread, 'hang');
  receiver.close();
  const gone = endOf(thread);
  await thread.terminate();
  await gone;
});
