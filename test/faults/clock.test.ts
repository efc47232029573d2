import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { scrape } from '../scrape.ts';
import { libfaketime, missingFile } from '../servers.ts';

describe.skipIf(missingFile(libfaketime))('a clock that goes back an hour', () => {
  let folder: string;
  let clock: string;
  let emulator: Emulator;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambdascope-clock-'));
    clock = join(folder, 'clock');
    await writeFile(clock, '+0');
    emulator = await startEmulator({
      env: {
        LD_PRELOAD: libfaketime,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        // As in life: a step of the wall clock leaves the monotonic one alone.
        DONT_FAKE_MONOTONIC: '1',
      },
    });
  });

  afterAll(async () => {
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('neither loses a count nor makes a latency that cannot be', async () => {
    const get = () => fetch(`${emulator.url}/`);
    const emulatorTime = async () => Date.parse((await get()).headers.get('date') ?? '');
    const before = await emulatorTime();
    await writeFile(clock, '-1h');
    // Node renews the header's time once a second.
    await eventually(async () => expect(await emulatorTime()).toBeLessThan(before - 3_000_000));
    const counted = await scrape(emulator, 'api_requests_total');
    for (let request = 0; request < 10; request++) expect((await get()).status).toBe(200);

    expect(await scrape(emulator, 'api_requests_total')).toBe(counted + 10);
    expect(await scrape(emulator, 'api_request_latency_seconds_count')).toBe(counted + 10);
    const seconds = await scrape(emulator, 'api_request_latency_seconds_sum');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(60);
  });
});
