import { sum } from 'lambdascope/prometheusText';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closedLoop } from '../../tools/load/closedLoop.ts';
import { createSource, profiles } from '../../tools/load/profiles.ts';
import { batchRequest, type LoadRequest } from '../../tools/load/requests.ts';
import { openSender } from '../../tools/load/sender.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { INSPECTED, inspect } from '../inspector.ts';

/** The tour sends about 2,000 requests in its two minutes; 15 tours are half an hour. */
const PARTS = 5;
const REQUESTS = 6000;
const CONNECTIONS = 8;

/** One request in so many is a batch of up to 10,000 rows, as in the tour. */
const BATCH_EVERY = 50;

/** Clients that send the largest batches without a pause, and how many in each part. */
const BATCH_CLIENTS = 4;
const LARGEST = 10_000;
const BATCHES = 100;

/** Milliseconds: as long as it takes. */
const PATIENCE = 1_800_000;

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({ env: { ...INSPECTED, LIMITS: 'false' } });
});

afterEach(async () => {
  await emulator?.stop();
});

const aSource = () => createSource({ basePath: '', key: emulator.key }, 1);

/** Traffic of every kind that the tour has, in turn. */
function traffic(): () => LoadRequest {
  const source = aSource();
  const kinds = (['steady', 'uniform', 'outliers', 'bad', 'drift'] as const).map((name) =>
    profiles[name].requests(source),
  );
  const batch = profiles.batch.requests(source);
  let turn = 0;
  return () => {
    turn += 1;
    if (turn % BATCH_EVERY === 0) return batch();
    return (kinds[turn % kinds.length] ?? batch)((turn % REQUESTS) / REQUESTS);
  };
}

/** Sends it in parts, without a pause; what stayed after each. */
async function soak(next: () => LoadRequest, connections: number, requests: number) {
  const { send, close } = openSender({ origin: emulator.url, connections, timeoutSeconds: 300 });
  const inspector = await inspect(emulator);
  const heap: number[] = [];
  const series: number[] = [];
  const surprises: string[] = [];
  let invoked = 0;
  for (let part = 0; part < PARTS; part++) {
    await closedLoop({
      request: next,
      send,
      connections,
      count: requests,
      onOutcome(request, outcome) {
        const got = 'status' in outcome ? outcome.status : outcome.failure;
        if (got !== request.status) surprises.push(`${request.kind}: ${got}`);
        if (request.invokes) invoked += 1;
      },
    });
    const text = await (await fetch(`${emulator.metricsUrl}/metrics`)).text();
    expect(sum(text, 'api_requests_total', /(?:)/)).toBe(invoked);
    series.push(text.split('\n').filter((line) => line && !line.startsWith('#')).length);
    heap.push(await inspector.heapAfterCollection());
  }
  inspector.close();
  await close();
  return { heap, series, surprises };
}

/** The first part warms up: code is compiled, every instance is there, every label set is known. */
function expectFlat(heap: readonly number[]): void {
  const [, second = 0, ...later] = heap;
  expect(Math.max(...later)).toBeLessThan(second * 1.25);
}

it(
  'keeps memory and series flat over half an hour of the tour, and counts every request',
  async () => {
    const { heap, series, surprises } = await soak(traffic(), CONNECTIONS, REQUESTS);
    expect(surprises).toEqual([]);
    expectFlat(heap);
    expect(new Set(series.slice(1)).size).toBe(1);
  },
  PATIENCE,
);

it(
  'keeps no answer once it has left: not even 500 of the largest batches',
  async () => {
    const { endpoint, sampler } = aSource();
    const rows = Array.from({ length: LARGEST }, () => sampler.real());
    const request = batchRequest(endpoint, rows, 'columns');
    const { heap, surprises } = await soak(() => request, BATCH_CLIENTS, BATCHES);
    expect(surprises).toEqual([]);
    expectFlat(heap);
    // One answer is more than a megabyte.
    expect(Math.max(...heap)).toBeLessThan(BATCHES * 2 ** 20);
  },
  PATIENCE,
);
