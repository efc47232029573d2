/** The emulator's metrics by OTLP, in a real Prometheus that receives them; in the project `pinned` of vitest.config.ts. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metrics } from 'lambdascope/builtInMetrics';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/freePort.ts';
import { copyTroubledService, type ServiceCopy } from '../../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { type RunningProgram, startProgram } from '../program.ts';
import {
  type AnsweredSeries,
  type PrometheusClient,
  prometheusClient,
} from '../prometheusClient.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const RECEIVES = '--web.enable-otlp-receiver';
/** What counts, from zero: all but the training data. */
const COUNTING =
  '{__name__=~"(api|lambda|model)_.+_(total|count|sum|bucket)", __name__!~"model_training_.+"}';

/** What is stopped when a test, or all of this part, has ended. */
const running: { stop(): unknown }[] = [];

async function stopAll(): Promise<void> {
  for (const each of running.splice(0).reverse()) await each.stop();
}

/** A Prometheus that scrapes nothing, and has no rules that would add series. */
async function startReceiver(
  flags = [RECEIVES],
  { port, otlp = {} }: { port?: number; otlp?: object } = {},
): Promise<RunningProgram> {
  const config = JSON.stringify({ rule_files: [], scrape_configs: [], otlp });
  const program = await startProgram(
    'prometheus',
    {},
    { edits: { prometheus: () => config }, flags, ...(port !== undefined && { port }) },
  );
  running.push(program);
  return program;
}

async function start(
  endpoint: string,
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
) {
  const emulator = await startEmulator({
    // That nobody is there is to be said soon: the exporter tries for as long.
    env: {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '1000',
      PUSHGATEWAY_PORT: String(await freePort()),
      ...env,
    },
    ...(cwd !== undefined && { cwd }),
  });
  running.push(emulator);
  return emulator;
}

const endpointOf = (url: string) => `${url}/api/v1/otlp/v1/metrics`;

/** Values by the labels of their series, as text; an edge as a number, which is written in two ways. */
function byLabels(series: readonly AnsweredSeries[]): Record<string, number> {
  return Object.fromEntries(
    series.map(({ labels: { le, ...labels }, values }) => {
      const edge = le === undefined ? [] : [['le', Number(le.replace('+Inf', 'Infinity'))]];
      const key = JSON.stringify([...Object.entries(labels).sort(), ...edge]);
      return [key, values.at(-1) ?? Number.NaN];
    }),
  );
}

describe('beside a Pushgateway', () => {
  let emulator: Emulator;
  let pushed: PrometheusClient;
  let received: PrometheusClient;
  let endpoint: string;

  beforeAll(async () => {
    const pushgateway = await startProgram('pushgateway');
    running.push(pushgateway);
    const scraping = await startProgram('prometheus', { 'pushgateway:9091': pushgateway.address });
    running.push(scraping);
    const receiver = await startReceiver();
    endpoint = endpointOf(receiver.url);
    emulator = await start(endpoint, { env: { PUSHGATEWAY_URL: pushgateway.url } });
    pushed = prometheusClient(scraping.url);
    received = prometheusClient(receiver.url);
  });

  afterAll(stopAll);

  it('every series is there at zero before the first request, and the terminal says where', async () => {
    await eventually(async () => {
      const before = byLabels(await received.now('sum by (__name__) (api_requests_total)'));
      expect(Object.values(before)).toEqual([0]);
      expect(emulator.output()).toContain(`Pushing metrics to ${endpoint}\n`);
    });
  });

  it('every series has the same labels and the same value', async () => {
    await Promise.all(Array.from({ length: 5 }, () => emulator.post('/predict', SETOSA)));
    for (let sent = 0; sent < 7; sent += 1) await emulator.post('/predict', SETOSA);
    await emulator.post('/predict', { ...SETOSA, sepal_length: 100 });
    await emulator.post('/predict', '{');
    await emulator.post('/predict/batch', { instances: [SETOSA, SETOSA, SETOSA] });
    await fetch(`${emulator.url}/openapi.json`);
    await fetch(`${emulator.url}/docs/nothing`);
    const every = '{__name__=~"(api|lambda|model)_.+", job="lambdascope"}';
    await eventually(async () => {
      const [setosa] = await pushed.now('sum(model_predictions_total{class="setosa"})');
      expect(setosa?.values).toEqual([16]);
      const byPushgateway = byLabels(await pushed.now(every));
      expect(Object.keys(byPushgateway).length).toBeGreaterThan(500);
      expect(byLabels(await received.now(every))).toEqual(byPushgateway);
    });
  });

  it('the metrics of the emulator itself are there by the same names', async () => {
    // Requests that are under way have a series each, which no receiver is told has ended.
    const names =
      'group by (__name__, job, instance) ({job="lambdascope", __name__!~"push_.+|nodejs_active_.+"})';
    await eventually(async () => {
      const byPushgateway = byLabels(await pushed.now(names));
      expect(Object.keys(byPushgateway)).toContainEqual(
        expect.stringContaining('process_resident_memory_bytes'),
      );
      expect(byLabels(await received.now(names))).toEqual(byPushgateway);
    });
  });

  it('the first requests are in what increase() sees', async () => {
    const first = await received.now(`${COUNTING}[30m]`);
    expect(new Set(first.map(({ values }) => values[0]))).toEqual(new Set([0]));
    const [cold] = await received.now('lambda_cold_starts_total{function="predict"}');
    const [rose] = await received.now(
      'increase(lambda_cold_starts_total{function="predict"}[30m])',
    );
    expect(cold?.values[0]).toBeGreaterThan(0);
    expect(rose?.values[0]).toBeGreaterThanOrEqual(cold?.values[0] ?? Number.NaN);
  });
});

describe('a receiver', () => {
  afterEach(stopAll);

  it('that comes late has the state at start first, and everything from the start of the emulator on', async () => {
    const port = await freePort();
    const endpoint = endpointOf(`http://127.0.0.1:${port}`);
    const emulator = await start(endpoint);
    const asked = Date.now() / 1000;
    expect((await fetch(emulator.url)).status).toBe(200);
    await eventually(() =>
      expect(emulator.output()).toContain(
        `No OTLP receiver: ${endpoint} is not there. Metrics go there once it answers.\n`,
      ),
    );
    const flags = [RECEIVES, '--enable-feature=created-timestamp-zero-ingestion'];
    const came = Date.now() / 1000;
    const receiver = prometheusClient((await startReceiver(flags, { port })).url);
    const samples = await eventually(async () => {
      const [cold] = await receiver.now('lambda_cold_starts_total{function="health"}[30m]');
      expect(cold?.values.at(-1)).toBe(1);
      return cold;
    });
    const [atStart, held] = samples?.times ?? [];
    expect(samples?.values.slice(0, 2)).toEqual([0, 0]);
    expect(atStart).toBeLessThan(asked);
    expect(held).toBeGreaterThan(came);
  });

  it('that takes nothing is said in one line, and the emulator goes on', async () => {
    const receiver = await startReceiver([]);
    const emulator = await start(endpointOf(receiver.url));
    await eventually(() => expect(emulator.output()).toMatch(/No OTLP receiver: .+ answers 404 /));
    expect((await fetch(emulator.url)).status).toBe(200);
    expect(await emulator.stop()).toBe(0);
    expect(emulator.output().match(/OTLP/g)).toHaveLength(1);
  });
});

describe("names of OpenTelemetry's semantic conventions", () => {
  let service: ServiceCopy;
  let emulator: Emulator;
  let received: PrometheusClient;

  beforeAll(async () => {
    service = await copyTroubledService();
    await service.setTimeLimits(1);
    const yml = join(service.folder, 'serverless.yml');
    const text = await readFile(yml, 'utf8');
    await writeFile(yml, text.replace('quiet: true', 'quiet: true\n    otel: { names: faas }'));
    const receiver = await startReceiver([RECEIVES, '--enable-feature=type-and-unit-labels'], {
      otlp: { translation_strategy: 'NoTranslation', promote_resource_attributes: ['faas.name'] },
    });
    received = prometheusClient(receiver.url);
    emulator = await start(endpointOf(receiver.url), { cwd: service.folder });
    const statuses = [];
    for (const query of ['', '', '?fail=1', '?spin=1']) {
      statuses.push((await fetch(emulator.url + query)).status);
    }
    expect(statuses).toEqual([200, 200, 500, 502]);
    expect((await emulator.post('/predict', '{')).status).toBe(400);
  });

  afterAll(async () => {
    await stopAll();
    await service?.remove();
  });

  const health = '"faas.name"="lambdascope-dev-health", "faas.trigger"="http"';
  const value = async (series: string) =>
    (await received.now(series)).map(({ values }) => values[0]);

  it('are those of every metric that they have, with their units and attributes', async () => {
    await eventually(async () => {
      expect(await value(`{"faas.invocations", ${health}}`)).toEqual([2]);
      expect(await value(`{"faas.errors", ${health}, "error.type"="handler"}`)).toEqual([1]);
      expect(await value(`{"faas.errors", ${health}, "error.type"="timeout"}`)).toEqual([1]);
      expect(await value(`{"faas.timeouts", ${health}}`)).toEqual([1]);
      expect(await value(`{"faas.coldstarts", ${health}}`)).toEqual([1]);
      expect(await value(`{"faas.init_duration_count", ${health}}`)).toEqual([1]);
      expect(await value(`{"faas.invoke_duration_count", ${health}}`)).toEqual([4]);
      expect(await value(`{"faas.mem_usage_count", ${health}}`)).toEqual([4]);
    });
    const all = await received.now(`{__name__=~"faas\\\\..+", ${health}}`);
    const kinds = new Set(
      all.map(({ labels: { __name__: name, __type__: type, __unit__: unit } }) =>
        [name, type, unit].filter(Boolean).join(' '),
      ),
    );
    expect(kinds).toEqual(
      new Set([
        'faas.coldstarts counter',
        'faas.errors counter',
        'faas.invocations counter',
        'faas.timeouts counter',
        ...['_bucket', '_count', '_sum'].flatMap((part) => [
          `faas.init_duration${part} histogram seconds`,
          `faas.invoke_duration${part} histogram seconds`,
          `faas.mem_usage${part} histogram bytes`,
        ]),
      ]),
    );
  });

  it('time the function alone: the init of a cold start is another metric', async () => {
    const [invoked = 0] = await value(`{"faas.invoke_duration_sum", ${health}}`);
    const [init = 0] = await value(`{"faas.init_duration_sum", ${health}}`);
    const metricsText = await (await fetch(`${emulator.metricsUrl}/metrics`)).text();
    const latency = metricsText
      .split('\n')
      .filter((line) => line.startsWith(`${metrics.latency.name}_sum{function="health"`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(init).toBeGreaterThan(0);
    expect(invoked + init).toBeCloseTo(latency, 6);
  });

  it('belong to one resource for each function', async () => {
    const [target, more] = await received.now('target_info{"faas.name"="lambdascope-dev-health"}');
    expect(more).toBeUndefined();
    expect(target?.labels).toMatchObject({
      job: 'lambdascope',
      instance: expect.stringMatching(/^localhost:\d+\/health$/),
      'faas.version': '$LATEST',
      'faas.max_memory': expect.stringMatching(/^\d+$/),
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': expect.stringMatching(/^[a-z]+-[a-z]+-\d$/),
    });
    const [refused] = await received.now(
      '{"faas.errors", "faas.name"="lambdascope-dev-predict", "error.type"="validation"}',
    );
    expect(refused?.values).toEqual([1]);
  });

  it('stand in for those of the kit; what they have no name for keeps its own', async () => {
    for (const { name } of [
      metrics.coldStarts,
      metrics.errors,
      metrics.initDuration,
      metrics.latency,
    ]) {
      expect(await received.now(`{__name__=~"${name}.*"}`)).toEqual([]);
    }
    expect(await value('sum(api_requests_total{function="health"})')).toEqual([4]);
    expect(await value('count(model_info)')).toEqual([1]);
  });
});
