/** From requests to Prometheus, on real servers: the emulator, a Pushgateway and a Prometheus. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { model } from '../lib/servedModel.ts';
import { modelRecordings } from '../monitoring/modelAlerts.ts';
import { freePort } from '../tools/freePort.ts';
import { findProgram } from '../tools/monitoring/findProgram.ts';
import { programs } from '../tools/monitoring/programs.ts';
import { type Server, startServer } from '../tools/monitoring/server.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { type PrometheusClient, prometheusClient } from './prometheusClient.ts';
import { missing } from './servers.ts';

/** Instances end after one to two times this long without a request, in seconds. */
const IDLE_SECONDS = 2;

const flowers = {
  setosa: { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  versicolor: { sepal_length: 5.7, sepal_width: 2.8, petal_length: 4.1, petal_width: 1.3 },
  virginica: { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 },
};
type Flower = keyof typeof flowers;
/** Inside every single range, and far from every flower. */
const chimera = { sepal_length: 4.4, sepal_width: 4.4, petal_length: 6.9, petal_width: 0.1 };

/** What the clients of this test saw: series by what they must come to. */
const seen = new Map<string, number>();
function see(series: string, amount = 1): void {
  seen.set(series, (seen.get(series) ?? 0) + amount);
}

let folder: string;
let ports: { pushgateway: number; prometheus: number };
let pushgateway: Server;
let prometheusServer: Server;
let prometheus: PrometheusClient;
let emulator: Emulator;

/** Starts a program, or starts it again on the data that it left behind. */
function start(name: 'pushgateway' | 'prometheus'): Promise<Server> {
  const { title, commands, readyPath, prepare } = programs[name];
  const command = findProgram(commands) ?? '';
  const port = ports[name];
  const addresses = {
    'pushgateway:9091': `127.0.0.1:${ports.pushgateway}`,
    'prometheus:9090': `127.0.0.1:${ports.prometheus}`,
  };
  return startServer({
    title,
    command,
    url: `http://127.0.0.1:${port}`,
    readyPath,
    logFile: join(folder, `${name}.log`),
    ...prepare({ command, port, folder, addresses, grafanaPassword: '' }),
  });
}

/** Sends a request that reaches a function, and notes what must be counted of it. */
async function send(
  name: string,
  method: string,
  route: string,
  body?: string,
  { path = route, type = 'application/json' } = {},
): Promise<{ status: number; body: string }> {
  const response = await fetch(emulator.url + path, {
    method,
    headers: { 'content-type': type, ...(body === undefined ? {} : { 'x-api-key': emulator.key }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const { status } = response;
  see(
    `api_requests_total{function="${name}",method="${method}",route="${route}",status="${status}"}`,
  );
  see(`sum(api_request_latency_seconds_count{function="${name}"})`);
  see(`api_request_size_bytes_sum{function="${name}"}`, Buffer.byteLength(body ?? ''));
  see(`api_response_size_bytes_sum{function="${name}"}`, Buffer.byteLength(text));
  if (body !== undefined) see('api_client_requests_total{client="local"}');
  if (status >= 400) see(`lambda_errors_total{function="${name}",kind="validation"}`);
  return { status, body: text };
}

interface Prediction {
  readonly request_id: string;
  readonly prediction: string;
  readonly out_of_distribution: boolean;
}

function seePredictions(name: string, rows: readonly object[], answers: readonly Prediction[]) {
  see(`model_inference_seconds_count{function="${name}"}`);
  see(`model_prediction_confidence_count{function="${name}"}`, rows.length);
  for (const { prediction, out_of_distribution } of answers) {
    see(`model_predictions_total{function="${name}",class="${prediction}"}`);
    see(`model_out_of_distribution_total{function="${name}"}`, out_of_distribution ? 1 : 0);
  }
  for (const row of rows as readonly Record<string, number>[]) {
    for (const { name: feature, deciles } of model.features) {
      const value = row[feature] as number;
      const edge = deciles[0] as number;
      see(`model_feature_value_count{function="${name}",feature="${feature}"}`);
      see(
        `model_feature_value_bucket{function="${name}",feature="${feature}",le="${edge}"}`,
        value <= edge ? 1 : 0,
      );
      see(`model_feature_value_sum{function="${name}",feature="${feature}"}`, value);
    }
  }
}

async function predict(row: object): Promise<Prediction> {
  const { status, body } = await send('predict', 'POST', '/predict', JSON.stringify(row));
  expect(status).toBe(200);
  const answer = JSON.parse(body) as Prediction;
  seePredictions('predict', [row], [answer]);
  return answer;
}

async function predictFlower(flower: Flower): Promise<void> {
  expect((await predict(flowers[flower])).prediction).toBe(flower);
}

async function predictBatch(rows: readonly object[]): Promise<void> {
  const sent = JSON.stringify({ instances: rows });
  const { status, body } = await send('batchPredict', 'POST', '/predict/batch', sent);
  expect(status).toBe(200);
  const { predictions } = JSON.parse(body) as { predictions: Prediction[] };
  seePredictions('batchPredict', rows, predictions);
  see('api_batch_size_sum{function="batchPredict"}', rows.length);
  see('api_batch_size_count{function="batchPredict"}');
}

/** Labels a prediction, and the same again, which counts nothing. */
async function labelFlower(predicted: Flower, truth: Flower): Promise<void> {
  const { request_id } = await predict(flowers[predicted]);
  const label = JSON.stringify({ request_id, class: truth });
  expect((await send('labels', 'POST', '/labels', label)).status).toBe(200);
  expect((await send('labels', 'POST', '/labels', label)).status).toBe(409);
  const outcome = predicted === truth ? 'correct' : 'wrong';
  see(`model_labels_total{outcome="${outcome}",class="${truth}"}`);
  see(`sum(model_confusions_total)`, predicted === truth ? 0 : 1);
  if (predicted !== truth) {
    see(`model_confusions_total{class="${truth}",prediction="${predicted}"}`);
  }
}

/** Asks after the service's health, which says whether it was a cold start. */
async function health(): Promise<void> {
  const { body } = await send('health', 'GET', '/');
  const { coldStart } = JSON.parse(body) as { coldStart: boolean };
  see('lambda_cold_starts_total{function="health"}', coldStart ? 1 : 0);
  see('lambda_init_duration_seconds_count{function="health"}', coldStart ? 1 : 0);
}

async function refused(status: number, body: string, options = {}): Promise<void> {
  expect((await send('predict', 'POST', '/predict', body, options)).status).toBe(status);
}

/** The value of a series in Prometheus, once everything there is has been pushed and scraped. */
async function expectCounted(): Promise<void> {
  await eventually(async () => {
    const counted = new Map<string, number | undefined>();
    for (const series of seen.keys()) {
      const [answer, more] = await prometheus.now(series);
      expect(more).toBeUndefined();
      counted.set(series, round(answer?.values[0]));
    }
    expect(counted).toEqual(new Map([...seen].map(([series, value]) => [series, round(value)])));
  });
}

/** Sums of decimals differ in their last digits by the order of their terms. */
function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1e6) / 1e6;
}

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))('the whole pipeline', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambdascope-pipeline-'));
    ports = { pushgateway: await freePort(), prometheus: await freePort() };
    pushgateway = await start('pushgateway');
    prometheusServer = await start('prometheus');
    prometheus = prometheusClient(prometheusServer.url);
    emulator = await startEmulator({
      env: { PUSHGATEWAY_URL: pushgateway.url, IDLE_SECONDS: String(IDLE_SECONDS) },
    });
  });

  afterAll(async () => {
    await emulator?.stop();
    await prometheusServer?.stop();
    await pushgateway?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('has every series at zero before the first request', async () => {
    await eventually(async () => {
      const [total] = await prometheus.now('sum(api_requests_total)');
      expect(total?.values).toEqual([0]);
      const [coldStarts] = await prometheus.now('sum(lambda_cold_starts_total)');
      expect(coldStarts?.values).toEqual([0]);
    });
  });

  it('counts a known mix exactly', async () => {
    for (const [flower, times] of [
      ['setosa', 5],
      ['versicolor', 4],
      ['virginica', 3],
    ] as const) {
      for (let time = 0; time < times; time += 1) await predictFlower(flower);
    }
    expect((await predict({ ...flowers.setosa, sepal_length: 100 })).out_of_distribution).toBe(
      true,
    );
    expect((await predict(chimera)).out_of_distribution).toBe(true);
    for (let time = 0; time < 3; time += 1) await labelFlower('setosa', 'setosa');
    await labelFlower('virginica', 'versicolor');
    await predictBatch([flowers.setosa]);
    await predictBatch([flowers.virginica, chimera, flowers.versicolor]);
    await predictBatch(Array.from({ length: 2500 }, () => flowers.setosa));
    await refused(400, '{"sepal_length":');
    await refused(400, ' ');
    await refused(413, JSON.stringify({ padding: 'x'.repeat(20_000) }));
    await refused(415, JSON.stringify(flowers.setosa), { type: 'text/csv' });
    await refused(422, JSON.stringify({ ...flowers.setosa, sepal_length: null }));
    await refused(422, JSON.stringify({ ...flowers.setosa, colour: 'blue' }));
    await send('batchPredict', 'POST', '/predict/batch', '{"instances":[]}');
    await send('docs', 'GET', '/openapi.json');
    await send('docs', 'GET', '/docs/{file}', undefined, { path: '/docs/nothing' });
    await Promise.all(Array.from({ length: 6 }, health));
    // These end at the gateway, as they do in AWS: no function sees them.
    expect((await fetch(`${emulator.url}/predict`, { method: 'POST', body: '{}' })).status).toBe(
      403,
    );
    expect((await fetch(`${emulator.url}/nothing`)).status).toBe(404);
    await expectCounted();
  });

  it('records the accuracy that labels show', async () => {
    await eventually(async () => {
      const [accuracy, more] = await prometheus.now(modelRecordings.accuracyObserved.record);
      expect(more).toBeUndefined();
      expect(accuracy?.labels).toMatchObject({ model_version: model.version });
      expect(accuracy?.values[0]).toBeCloseTo(0.75, 6);
    });
  });

  it('loses nothing while the Pushgateway is killed and Prometheus restarted', async () => {
    process.kill(pushgateway.pid, 'SIGKILL');
    await pushgateway.ended;
    for (let time = 0; time < 5; time += 1) await predictFlower('virginica');
    await health();
    await eventually(() => expect(emulator.output()).toContain('No Pushgateway: '));
    await prometheusServer.stop();
    for (let time = 0; time < 5; time += 1) await predictFlower('setosa');
    pushgateway = await start('pushgateway');
    prometheusServer = await start('prometheus');
    await expectCounted();
  });

  it('shows the cold starts after an idle gap as a spike over the warm level', async () => {
    const asWritten = 'histogram_quantile(0.95, rate(api_request_latency_seconds_bucket[1m]))';
    const together =
      'histogram_quantile(0.95, sum by (le) (rate(api_request_latency_seconds_bucket{function="predict"}[1m])))';
    const p95 = async (coldStart: boolean) => {
      const series = await prometheus.now(asWritten);
      const found = series.find(
        ({ labels }) =>
          labels['function'] === 'predict' && labels['cold_start'] === String(coldStart),
      );
      return found?.values[0] ?? Number.NaN;
    };
    // Warm for so long that the cold starts until now have left the window.
    await eventually(async () => {
      await predictFlower('versicolor');
      await pause(500);
      expect(await p95(true)).toBeNaN();
      expect(await p95(false)).toBeGreaterThan(0);
    });
    const warm = await p95(false);
    await eventually(async () => {
      const [alive] = await prometheus.now('lambda_instances{function="predict"}');
      expect(alive?.values).toEqual([0]);
    });
    await Promise.all(Array.from({ length: 10 }, () => predictFlower('setosa')));
    await eventually(async () => {
      expect(await p95(true)).toBeGreaterThan(5 * warm);
      expect((await prometheus.now(together))[0]?.values[0]).toBeGreaterThan(5 * warm);
    });
    await expectCounted();
  });

  it.each([
    'api_requests_total',
    'rate(api_requests_total[1m])',
    'histogram_quantile(0.95, rate(api_request_latency_seconds_bucket[1m]))',
    'histogram_quantile(0.50, rate(api_request_latency_seconds_bucket[1m]))',
    'rate(api_request_latency_seconds_sum[1m]) / rate(api_request_latency_seconds_count[1m])',
  ])('answers %s', async (query) => {
    const values = (await prometheus.now(query)).flatMap((series) => series.values);
    expect(values.some((value) => value > 0)).toBe(true);
  });

  it('pushes the last state when it stops', async () => {
    await predictFlower('setosa');
    await emulator.stop();
    await expectCounted();
    // What stays there must not be taken for a request of late.
    const kept = await (await fetch(`${pushgateway.url}/metrics`)).text();
    expect(kept).toMatch(/^api_request_latency_max_seconds\{.*\} 0$/m);
    expect(kept).not.toMatch(/^api_request_latency_max_seconds\{.*\} [^0]/m);
  });
});
