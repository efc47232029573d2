import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sum } from 'lambdascope/prometheusText';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { type RunningProgram, startProgram } from '../program.ts';
import { prometheusClient } from '../prometheusClient.ts';
import { scrape } from '../scrape.ts';
import { missing } from '../servers.ts';

/** Size of Prometheus' disk, in bytes: enough for it to start. */
const DISK = 16 * 1024 * 1024;

/** A disk of its own takes a mount, and that takes root. */
function notRoot(): boolean {
  if (process.getuid?.() === 0) return false;
  console.log('skipped: a full disk needs root, to mount a small one');
  return true;
}

describe.skipIf(missing('prometheus', 'prometheus-pushgateway') || notRoot())(
  'a full disk under Prometheus',
  () => {
    let disk: string;
    let pushgateway: RunningProgram;
    let prometheus: RunningProgram;
    let emulator: Emulator;

    beforeAll(async () => {
      disk = await mkdtemp(join(tmpdir(), 'lambdascope-disk-'));
      const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]);
      expect(status).toBe(0);
      pushgateway = await startProgram('pushgateway');
      const addresses = { 'pushgateway:9091': pushgateway.address };
      prometheus = await startProgram('prometheus', addresses, { parent: disk });
      emulator = await startEmulator({ env: { PUSHGATEWAY_URL: pushgateway.url } });
    });

    afterAll(async () => {
      await emulator?.stop();
      await prometheus?.stop();
      await pushgateway?.stop();
      if (disk) spawnSync('umount', [disk]);
      await rm(disk, { recursive: true, force: true });
    });

    it('is no trouble to clients, and the counts are there once there is room again', async () => {
      const { now } = prometheusClient(prometheus.url);
      const stored = async () => {
        const [series] = await now('sum(api_requests_total)');
        return series?.values[0];
      };
      const get = async () => expect((await fetch(`${emulator.url}/`)).status).toBe(200);
      await get();
      await eventually(async () => expect(await stored()).toBe(1));

      const filler = join(disk, 'filler');
      await writeFile(filler, Buffer.alloc(2 * DISK)).catch(() => {});
      for (let request = 0; request < 20; request++) await get();
      expect(await scrape(emulator, 'api_requests_total')).toBe(21);
      await eventually(async () => {
        const text = await (await fetch(`${prometheus.url}/metrics`)).text();
        expect(sum(text, 'prometheus_tsdb_wal_writes_failed_total', /(?:)/)).toBeGreaterThan(0);
      });

      await rm(filler);
      await eventually(async () => expect(await stored()).toBe(21));
    });
  },
);
