/** A real Prometheus that scrapes the emulator itself; in the project `pinned` of vitest.config.ts. */
import { parsePrometheusText } from 'lambdascope/prometheusText';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { type RunningProgram, startProgram } from '../program.ts';
import { type PrometheusClient, prometheusClient } from '../prometheusClient.ts';

const CREATED = '--enable-feature=created-timestamp-zero-ingestion';
const COLD_STARTS = 'lambda_cold_starts_total{function="health"}';

let emulator: Emulator;
const running: RunningProgram[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  // Before anybody has looked: the first scrape finds this cold start counted.
  expect((await fetch(emulator.url)).status).toBe(200);
});

afterAll(async () => {
  for (const each of running) await each.stop();
  await emulator?.stop();
});

/** A Prometheus with one target, once it has scraped that three times. */
async function scrape(flags: readonly string[]): Promise<PrometheusClient> {
  const config = {
    global: { scrape_interval: '1s' },
    rule_files: [],
    scrape_configs: [
      {
        job_name: 'emulator',
        static_configs: [{ targets: ['emulator:9464'] }],
      },
    ],
  };
  const edits = { prometheus: () => JSON.stringify(config) };
  const addresses = { 'emulator:9464': new URL(emulator.metricsUrl).host };
  const program = await startProgram('prometheus', addresses, { edits, flags });
  running.push(program);
  const client = prometheusClient(program.url);
  await eventually(async () => {
    const [scrapes] = await client.now('sum_over_time(up{job="emulator"}[5m])');
    expect(scrapes?.values[0]).toBeGreaterThanOrEqual(3);
  });
  return client;
}

describe('with the feature of created timestamps', () => {
  let prometheus: PrometheusClient;

  beforeAll(async () => {
    prometheus = await scrape([CREATED]);
  });

  it('sees the first cold start rise, though its first sample is 1', async () => {
    const [samples] = await prometheus.now(`${COLD_STARTS}[30m]`);
    expect(samples?.values.slice(0, 2)).toEqual([0, 1]);
    const [rose] = await prometheus.now(`increase(${COLD_STARTS}[30m])`);
    expect(rose?.values[0]).toBeGreaterThanOrEqual(1);
  });

  it('sees quantiles of it', async () => {
    const [answer] = await prometheus.now(
      'histogram_quantile(0.5, sum by (le) (increase(lambda_init_duration_seconds_bucket{function="health"}[30m])))',
    );
    expect(answer?.values[0]).toBeGreaterThan(0);
  });

  it('has the values of the usual text, and no series besides', async () => {
    // Once no maximum of late changes any more.
    await eventually(async () => {
      const text = await (await fetch(`${emulator.metricsUrl}/metrics`)).text();
      const scraped = await prometheus.now('{job="emulator", __name__=~"(api|lambda|model)_.+"}');
      const seen = scraped.map(({ labels: { job, instance, ...labels }, values }) =>
        textOf(labels, values[0]),
      );
      const counted = parsePrometheusText(text)
        .filter(({ name }) => /^(api|lambda|model)_/.test(name))
        .map(({ name, labels, value }) =>
          textOf({ __name__: name, ...Object.fromEntries(labels) }, value),
        );
      expect(seen.toSorted()).toEqual(counted.toSorted());
    });
  });
});

describe('without it', () => {
  let prometheus: PrometheusClient;

  beforeAll(async () => {
    prometheus = await scrape([]);
  });

  it('does not see what the first scrape found, and has the timestamps as series', async () => {
    const [rose] = await prometheus.now(`increase(${COLD_STARTS}[30m])`);
    expect(rose?.values).toEqual([0]);
    const [created] = await prometheus.now('lambda_cold_starts_created{function="health"}');
    const [started] = await prometheus.now('process_start_time_seconds');
    expect(created?.values[0]).toBeGreaterThanOrEqual(started?.values[0] ?? Number.NaN);
  });
});

/** A series and its value: an edge as a number, which is written in several ways, and no empty labels. */
function textOf(
  { le, ...labels }: Readonly<Record<string, string>>,
  value: number | undefined,
): string {
  const edge = le === undefined ? [] : [['le', Number(le.replace('+Inf', 'Infinity'))]];
  const others = Object.entries(labels).filter(([, text]) => text !== '');
  return JSON.stringify([...others.sort(), ...edge, value]);
}
