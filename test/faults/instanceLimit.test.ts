import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyTroubledService, type ServiceCopy } from '../../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import event from '../events/predict.json' with { type: 'json' };
import { eventually } from '../eventually.ts';
import { scrape } from '../scrape.ts';

const MOST = 3;

let copy: ServiceCopy;
let emulator: Emulator;

beforeAll(async () => {
  copy = await copyTroubledService();
  // So long that no request is over before it is let go.
  await copy.setTimeLimits(300);
  emulator = await startEmulator({ cwd: copy.folder, env: { MAX_INSTANCES: String(MOST) } });
});

afterAll(async () => {
  await emulator?.stop();
  await copy?.remove();
});

const predict = () => emulator.post('/predict', event.body);

it('refuses as a function that Lambda throttles what would need one more instance than may run, counts it, and recovers', async () => {
  const leave = new AbortController();
  const held = Array.from({ length: MOST }, () =>
    fetch(`${emulator.url}/?wait=1000000`, { signal: leave.signal }).catch(() => undefined),
  );
  await eventually(async () =>
    expect(await scrape(emulator, 'lambda_invocations_in_flight')).toBe(MOST),
  );
  const refused = await predict();
  expect(refused.status).toBe(502);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({ type: 'urn:lambdascope:problem:bad_gateway' });
  await eventually(() => expect(emulator.output()).toContain('MAX_INSTANCES'));
  expect(await scrape(emulator, 'api_requests_total', /function="predict".*status="502"/)).toBe(1);
  expect(await scrape(emulator, 'api_throttled_total', /"predict",reason="account"/)).toBe(1);
  expect(await scrape(emulator, 'lambda_errors_total')).toBe(0);
  expect(await scrape(emulator, 'lambda_instances')).toBe(MOST);
  leave.abort();
  await Promise.all(held);
});

it('ends an idle instance to make room for one of another function', async () => {
  await emulator.stop();
  emulator = await startEmulator({ cwd: copy.folder, env: { MAX_INSTANCES: '1' } });
  expect((await fetch(emulator.url)).status).toBe(200);
  expect((await predict()).status).toBe(200);
  expect((await fetch(emulator.url)).status).toBe(200);
  expect(await scrape(emulator, 'lambda_instances')).toBe(1);
  expect(await scrape(emulator, 'lambda_cold_starts_total')).toBe(3);
});
