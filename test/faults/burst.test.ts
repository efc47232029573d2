import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closedLoop } from '../../tools/load/closedLoop.ts';
import { createSource, profiles } from '../../tools/load/profiles.ts';
import { type HttpRequest, openSender } from '../../tools/load/sender.ts';
import { copyService, type ServiceCopy } from '../../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { scrape } from '../scrape.ts';

/** Longer than any answer takes on a slow machine, in seconds. */
const PATIENCE = 300;

/** Makes a cold start take longer, so that many at once take longer than the time limit. */
const SLOW_LOAD = 'const loaded = performance.now() + 50;\nwhile (performance.now() < loaded);\n';

let copy: ServiceCopy;
let emulator: Emulator | undefined;

beforeAll(async () => {
  copy = await copyService();
  const health = join(copy.folder, 'functions/health.ts');
  await writeFile(health, (await readFile(health, 'utf8')) + SLOW_LOAD);
  await copy.setTimeLimits(1);
});

afterEach(async () => {
  await emulator?.stop();
});

afterAll(async () => {
  await copy?.remove();
});

/** What clients got, by status; without what the gateway refuses, as promised, on its own. */
async function send<Request extends HttpRequest & { status: number; invokes: boolean }>(
  { url }: Emulator,
  request: () => Request,
  { connections, count }: { connections: number; count: number },
): Promise<Record<string, number>> {
  const sender = openSender({ origin: url, connections, timeoutSeconds: PATIENCE });
  const seen: Record<string, number> = {};
  const loop = { send: sender.send, connections };
  // All connections are there before the first request that starts an instance.
  const nowhere = { method: 'GET', path: '/nowhere' };
  await closedLoop({ ...loop, request: () => nowhere, count: connections, onOutcome() {} });
  await closedLoop({
    ...loop,
    request,
    count,
    onOutcome({ invokes, status }, outcome) {
      const got = 'status' in outcome ? outcome.status : outcome.failure;
      if (invokes || got !== status) seen[got] = (seen[got] ?? 0) + 1;
    },
  });
  await sender.close();
  return seen;
}

/** What was counted, by status. */
async function countedBy({ metricsUrl }: Emulator): Promise<Record<string, number>> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  const counted: Record<string, number> = {};
  for (const [, status = '', count] of text.matchAll(
    /^api_requests_total\{.*status="(\d+)"\} (\d+)/gm,
  )) {
    if (count !== '0') counted[status] = (counted[status] ?? 0) + Number(count);
  }
  return counted;
}

describe('a burst on a fresh start', () => {
  it.each([10, 50, 100, 200])(
    '%d at once: what is counted is what the clients got',
    async (connections) => {
      emulator = await startEmulator({ cwd: copy.folder, env: { LIMITS: 'false' } });
      const health = { method: 'GET', path: '/', status: 200, invokes: true };
      const seen = await send(emulator, () => health, { connections, count: connections });
      expect(await countedBy(emulator)).toEqual(seen);
      expect(await scrape(emulator, 'lambda_invocations_in_flight')).toBe(0);
      const coldStarts = await scrape(emulator, 'lambda_cold_starts_total');
      expect(coldStarts).toBeGreaterThanOrEqual(await scrape(emulator, 'lambda_instances'));
      expect(coldStarts).toBeLessThanOrEqual(connections);
    },
  );
});

it('6,000 good and bad requests over 200 connections are counted as the clients got them', async () => {
  emulator = await startEmulator({ cwd: copy.folder, env: { LIMITS: 'false' } });
  const source = createSource({ basePath: '', key: emulator.key }, 1);
  const [good, bad] = [profiles.steady.requests(source), profiles.bad.requests(source)];
  let turn = 0;
  const next = () => (turn++ % 2 === 0 ? good(0) : bad());
  const seen = await send(emulator, next, { connections: 200, count: 6000 });
  expect(await countedBy(emulator)).toEqual(seen);
});
