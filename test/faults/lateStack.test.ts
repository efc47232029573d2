import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/freePort.ts';
import { startStack } from '../../tools/monitoring/stack.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { type RunningProgram, startProgram } from '../program.ts';
import { type PrometheusClient, prometheusClient } from '../prometheusClient.ts';
import { missing } from '../servers.ts';

const REQUESTS = 20;

/** Seconds that every sample of this test is in. */
const WINDOW = '30m';

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))(
  'a stack that starts after the API',
  () => {
    let folder: string;
    let port: number;
    let emulator: Emulator;
    let prometheusProgram: RunningProgram;
    let prometheus: PrometheusClient;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lambdascope-late-'));
      port = await freePort();
      emulator = await startEmulator({ env: { PUSHGATEWAY_PORT: String(port) } });
      for (let request = 0; request < REQUESTS; request += 1) await fetch(emulator.url);
      // First, so that it is there when the gateway is: how long it takes to start decides nothing.
      prometheusProgram = await startProgram('prometheus', {
        'pushgateway:9091': `127.0.0.1:${port}`,
      });
      prometheus = prometheusClient(prometheusProgram.url);
    });

    afterAll(async () => {
      await emulator?.stop();
      await prometheusProgram?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const startGateway = () =>
      startStack({ ports: { pushgateway: port }, alertLogPort: 0, folder });

    /** How much a counter rose in what Prometheus has of it: what `rate()` could see. */
    const rise = async (counter: string) => {
      const [answer] = await prometheus.now(
        `sum(max_over_time(${counter}[${WINDOW}]) - min_over_time(${counter}[${WINDOW}]))`,
      );
      return answer?.values[0];
    };

    it('shows what happened before, cold starts and quantiles included', async () => {
      const gateway = await startGateway();
      await eventually(async () => expect(await rise('api_requests_total')).toBe(REQUESTS));
      expect(await rise('lambda_cold_starts_total')).toBe(1);
      const p95 = 'histogram_quantile(0.95, rate(api_request_latency_seconds_bucket[1m]))';
      const [quantile] = await prometheus.now(`max(${p95} > 0)`);
      expect(quantile?.values[0]).toBeGreaterThan(0);
      await gateway.stop();
    });

    it('shows what happened while the Pushgateway was away and lost its memory, once', async () => {
      await eventually(async () => {
        // Until the API has noticed; how many it takes does not matter.
        await fetch(emulator.url);
        expect(emulator.output().match(/No Pushgateway/g)).toHaveLength(2);
      });
      // As long as this, or a sample from before the gap would be the difference that rate() sees.
      await eventually(async () => {
        const [up] = await prometheus.now('up{job="pushgateway"}');
        expect(up?.values[0]).toBe(0);
        expect(await prometheus.now('api_requests_total')).toEqual([]);
      });
      const reborn = Date.now() / 1000;
      await rm(join(folder, 'pushgateway'), { recursive: true });
      const gateway = await startGateway();
      const text = await (await fetch(`${emulator.metricsUrl}/metrics`)).text();
      const [, counted] =
        text.match(/^api_requests_total\{function="health".*status="200"\} (\d+)/m) ?? [];
      await eventually(async () => expect(await rise('api_requests_total')).toBe(Number(counted)));
      const since = Math.ceil(Date.now() / 1000 - reborn);
      const [first] = await prometheus.now(`sum(min_over_time(api_requests_total[${since}s]))`);
      expect(first?.values[0]).toBe(REQUESTS);
      await gateway.stop();
    });
  },
);
