/** One Prometheus that scrapes, and one that keeps what the first sends on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withRemoteWrite } from '../monitoring/prometheus/remoteWrite.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { startProgram } from './program.ts';
import { type PrometheusClient, prometheusClient } from './prometheusClient.ts';
import { missing } from './servers.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const PREDICTIONS = 7;
const COUNTS = '{__name__=~"(lambda|model)_.+_(total|count|bucket)"}';

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))('a store to send to', () => {
  const running: { stop(): unknown }[] = [];
  let emulator: Emulator;
  let scraping: PrometheusClient;
  let store: PrometheusClient;

  beforeAll(async () => {
    const pushgateway = await startProgram('pushgateway');
    const receiver = await startProgram(
      'prometheus',
      {},
      {
        // A store of samples, not a second Prometheus of ours: with our rules it would work out the same
        // series at the same instants from what has come so far, and refuse each batch whose recording
        // differs from its own, with every count in it.
        edits: { prometheus: () => '{ rule_files: [], scrape_configs: [] }' },
        flags: ['--web.enable-remote-write-receiver'],
      },
    );
    const sender = await startProgram(
      'prometheus',
      { 'pushgateway:9091': pushgateway.address },
      {
        edits: {
          prometheus: (config) => withRemoteWrite(config, { url: `${receiver.url}/api/v1/write` }),
        },
      },
    );
    emulator = await startEmulator({ env: { PUSHGATEWAY_URL: pushgateway.url } });
    running.push(pushgateway, receiver, sender, emulator);
    scraping = prometheusClient(sender.url);
    store = prometheusClient(receiver.url);
  });

  afterAll(async () => {
    for (const each of running.reverse()) await each.stop();
  });

  it('has every count that was scraped', async () => {
    for (let sent = 0; sent < PREDICTIONS; sent += 1) {
      const { status } = await emulator.post('/predict', SETOSA);
      expect(status).toBe(200);
    }
    await eventually(async () => {
      const time = Date.now() / 1000;
      const scraped = byLabels(await scraping.at(COUNTS, time));
      const [setosa] = await scraping.now('sum(model_predictions_total{class="setosa"})');
      expect(setosa?.values).toEqual([PREDICTIONS]);
      expect(Object.keys(scraped).length).toBeGreaterThan(100);
      expect(byLabels(await store.at(COUNTS, time))).toEqual(scraped);
    });
  });
});

/** The last value of each series, by its labels as text. */
function byLabels(series: Awaited<ReturnType<PrometheusClient['at']>>): Record<string, number> {
  return Object.fromEntries(
    series.map(({ labels, values }) => [
      JSON.stringify(Object.entries(labels).sort()),
      values[0] ?? Number.NaN,
    ]),
  );
}
