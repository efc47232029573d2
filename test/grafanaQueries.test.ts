/** Every query of every dashboard, of the alert and of the tour, on a real Prometheus fed by the real emulator. */
import { metrics } from 'lambdascope/builtInMetrics';
import { thresholds } from 'lambdascope/dashboards/thresholds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aboutContainers,
  annotationQueries,
  committedDashboards,
  type DashboardQuery,
  panelQueries,
  provisioningFile,
  tourBlocks,
} from './dashboards.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';
import { fillIn, type VariableValues } from './grafanaVariables.ts';
import { startProgram } from './program.ts';
import {
  type AnsweredSeries,
  type PrometheusClient,
  prometheusClient,
} from './prometheusClient.ts';
import { missing } from './servers.ts';

const dashboards = committedDashboards();
/** Those about containers are asked in compose.test.ts, where there are containers. */
const queries = dashboards
  .flatMap((dashboard) => [...panelQueries(dashboard), ...annotationQueries(dashboard)])
  .filter((query) => !aboutContainers(query));
/** Shown as they stand, gaps and all. */
const PLAIN = /^lambdascope \/ Latency analysis \/ (p95|Median|Mean) of each series/;
const SHOWN_SECONDS = 120;

const flowers = [
  { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  { sepal_length: 5.9, sepal_width: 2.8, petal_length: 4.3, petal_width: 1.3 },
  { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 },
];

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))('the dashboards', () => {
  const running: { stop(): unknown }[] = [];
  let emulator: Emulator;
  let prometheus: PrometheusClient;

  beforeAll(async () => {
    const pushgateway = await startProgram('pushgateway');
    emulator = await startEmulator({ env: { PUSHGATEWAY_URL: pushgateway.url } });
    const server = await startProgram('prometheus', {
      'pushgateway:9091': pushgateway.address,
    });
    running.push(pushgateway, emulator, server);
    prometheus = prometheusClient(server.url);
    // Zeros must have been seen: a rate is the difference to them.
    await eventually(async () => {
      const counts = await prometheus.now(`count_over_time(${metrics.latency.name}_count[1m])`);
      expect(counts[0]?.values[0]).toBeGreaterThanOrEqual(2);
    });
  });

  afterAll(async () => {
    for (const each of running.reverse()) await each.stop();
  });

  /** What a query gives, as its panel asks for it. */
  function ask(
    { expression, instant }: DashboardQuery,
    variables?: VariableValues,
  ): Promise<readonly AnsweredSeries[]> {
    const filled = fillIn(expression, variables);
    return instant ? prometheus.now(filled) : prometheus.lately(filled, SHOWN_SECONDS);
  }

  /** Where a panel would show `NaN` or infinity, but for those that are shown as they stand. */
  async function placesOfNoNumber(variables?: VariableValues): Promise<readonly string[]> {
    const found: string[] = [];
    for (const query of queries.filter(({ place }) => !PLAIN.test(place))) {
      const values = (await ask(query, variables)).flatMap((series) => series.values);
      if (!values.every(Number.isFinite)) found.push(query.place);
    }
    return found;
  }

  it('show no NaN while there is no traffic', async () => {
    expect(await placesOfNoNumber()).toEqual([]);
  });

  it('show data in every query after traffic', async () => {
    await sendTraffic(emulator);
    for (const query of queries) {
      await eventually(async () => expect(isEmpty(await ask(query)), query.place).toBe(false));
    }
    expect(await placesOfNoNumber()).toEqual([]);
  });

  it('offer every function, and show only the chosen ones', async () => {
    const all = await prometheus.labelValues(metrics.requests.name, 'function');
    expect(all.toSorted()).toEqual([
      'batchPredict',
      'bulkPredict',
      'docs',
      'health',
      'labels',
      'predict',
    ]);
    const byFunction = queries.find(({ place }) => place.includes('Requests by function'));
    if (byFunction === undefined) throw new Error('no panel of requests by function');
    // Several chosen values reach Prometheus in this form.
    const shown = await ask(byFunction, { function: '(health|predict)' });
    expect(shown.map(({ labels }) => labels['function']).sort()).toEqual(['health', 'predict']);
  });

  it('get answers for every interval that can be chosen', async () => {
    for (const interval of intervals()) {
      expect(await placesOfNoNumber({ interval }), interval).toEqual([]);
    }
  });

  it('have an alert whose query has a value for each function that was asked', async () => {
    const { groups } = provisioningFile('alerting/rules.yaml') as GrafanaTypes['ruleFile'];
    const [query] = groups.flatMap(({ rules }) => rules).flatMap(({ data }) => data);
    const answer = await prometheus.now(String(query?.model['expr']));
    expect(answer.map(({ labels }) => labels['function'])).toContain('predict');
    for (const { values } of answer) expect(values[0]).toBeGreaterThan(0);
  });

  it('leave no query of the tour without an answer', async () => {
    const blocks = tourBlocks().filter((expression) => !aboutContainers({ expression }));
    expect(blocks.length).toBeGreaterThan(20);
    for (const query of blocks) expect(await prometheus.now(query), query).not.toEqual([]);
  });
});

function isEmpty(answer: readonly AnsweredSeries[]): boolean {
  return answer.every(({ values }) => values.length === 0);
}

/** What the variable `interval` offers. */
function intervals(): readonly string[] {
  const list = dashboards.flatMap(({ templating }) => templating.list ?? []);
  const query = list.find(({ name }) => name === 'interval')?.query;
  if (typeof query !== 'string') throw new Error('no intervals');
  return query.split(',');
}

/** At least one request of every kind that a panel shows. */
async function sendTraffic({ url, post }: Emulator): Promise<void> {
  const get = (path: string) => fetch(url + path);
  const { minimumRows } = thresholds.drift;
  const rows = Array.from({ length: minimumRows }, () => flowers).flat();
  // As many rows as it takes to speak of drift.
  const batch = await post('/predict/batch', { instances: rows });
  // One after the other: each function's first request is cold, its next ones are warm.
  const answers = [
    await get('/'),
    await get('/openapi.json'),
    batch,
    await post('/predict', { ...flowers[0], sepal_length: 100 }),
    await post('/predict', { sepal_length: 'long' }),
  ];
  // Enough of them for what is only shown of more than a few.
  for (let round = 0; round < 10; round += 1) {
    for (const flower of flowers) answers.push(await post('/predict', flower));
  }
  // Of which one at least is wrong.
  const { request_id } = (await batch.json()) as { request_id: string };
  for (const row of [0, 1, 2]) {
    answers.push(await post('/labels', { request_id, row, class: 'setosa' }));
  }
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(37).fill(200), 422]);
}
