import { afterAll, beforeAll, expect, it } from 'vitest';
import { model } from '../../lib/model.ts';
import { sum } from '../../monitoring/prometheusText.ts';
import { closedLoop } from '../../tools/load/closedLoop.ts';
import { profiles } from '../../tools/load/profiles.ts';
import { createRandom } from '../../tools/load/random.ts';
import type { LoadRequest } from '../../tools/load/requests.ts';
import { createSampler } from '../../tools/load/sampler.ts';
import { openSender } from '../../tools/load/sender.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { INSPECTED, inspect } from '../inspector.ts';

/** The tour sends about 2,000 requests in its two minutes; 15 tours are half an hour. */
const PARTS = 5;
const REQUESTS = 6000;
const CONNECTIONS = 8;

/** One request in so many is a batch of up to 10,000 rows, as in the tour. */
const BATCH_EVERY = 50;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ env: INSPECTED });
});

afterAll(async () => {
  await emulator?.stop();
});

/** Traffic of every kind that the tour has, in turn. */
function traffic(): () => LoadRequest {
  const random = createRandom(1);
  const source = {
    endpoint: { basePath: '', key: emulator.key, features: model.features },
    sampler: createSampler(model, random),
    random,
  };
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

it('keeps memory and series flat over half an hour of the tour, and counts every request', async () => {
  const next = traffic();
  const { send, close } = openSender({
    origin: emulator.url,
    connections: CONNECTIONS,
    timeoutSeconds: 30,
  });
  const heap: number[] = [];
  const series: number[] = [];
  let invoked = 0;
  const surprises: string[] = [];

  const inspector = await inspect(emulator);
  for (let part = 0; part < PARTS; part++) {
    await closedLoop({
      request: next,
      send,
      connections: CONNECTIONS,
      count: REQUESTS,
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

  expect(surprises).toEqual([]);
  // The first part warms up: code is compiled, every instance is there, every label set is known.
  const [, second = 0, ...later] = heap;
  expect(Math.max(...later)).toBeLessThan(second * 1.25);
  expect(new Set(series.slice(1)).size).toBe(1);
}, 300_000);
