import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MetricKey, metrics, RECENT_SECONDS } from '../lib/metrics.ts';
import { countPredictions } from '../lib/predictionCounts.ts';
import { model } from '../lib/servedModel.ts';
import { anInvocation, anObservation } from '../test/invocations.ts';
import { sample } from '../test/samples.ts';
import { missing } from '../test/servers.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';

const routes = [
  { function: 'health', method: 'GET', route: '/' },
  { function: 'predict', method: 'POST', route: '/predict' },
  { function: 'batchPredict', method: 'POST', route: '/predict/batch' },
  { function: 'docs', method: 'GET', route: '/docs/{file}' },
];

function anAggregator({ clients = ['local'] } = {}): Aggregator {
  const aggregator = createAggregator({ routes, clients });
  aggregator.serve(model);
  return aggregator;
}

/** Predictions of rows, all of the first class. */
function predictionsOf(rows: readonly (readonly number[])[], outOfDistribution = 0) {
  return countPredictions(
    {
      modelVersion: model.version,
      classNames: model.classes,
      featureNames: model.features.map(({ name }) => name),
      classes: new Uint8Array(rows.length),
      confidences: new Float64Array(rows.length).fill(0.97),
      features: Float64Array.from(rows.flat()),
      outOfDistribution,
      inferenceSeconds: 3e-6,
    },
    model,
  );
}

const textOf = ({ registry }: Aggregator) => registry.metrics();

describe('before the first request', () => {
  it('every metric of the table is there, and known label sets are at zero', async () => {
    const text = await textOf(anAggregator());
    for (const { name, kind, help } of Object.values(metrics)) {
      expect(text).toContain(`# TYPE ${name} ${kind}\n`);
      expect(text).toContain(`# HELP ${name} ${help}\n`);
    }
    const zero = [
      'api_requests_total{function="predict",method="POST",route="/predict",status="200"}',
      'api_requests_total{function="predict",method="POST",route="/predict",status="504"}',
      'api_requests_total{function="docs",method="GET",route="/docs/{file}",status="404"}',
      'api_request_latency_seconds_count{function="health",route="/",cold_start="true"}',
      'api_request_latency_seconds_bucket{function="health",route="/",cold_start="false",le="0.05"}',
      'api_client_requests_total{client="local"}',
      'api_client_requests_total{client="other"}',
      'lambda_cold_starts_total{function="docs"}',
      'lambda_instances{function="predict"}',
      'lambda_invocations_in_flight{function="predict"}',
      'lambda_invocations_in_flight_max{function="predict"}',
      'lambda_errors_total{function="batchPredict",kind="timeout"}',
      `model_predictions_total{function="predict",class="virginica",model_version="${model.version}"}`,
      `model_out_of_distribution_total{function="batchPredict",model_version="${model.version}"}`,
      `model_feature_value_count{function="predict",feature="petal_width",model_version="${model.version}"}`,
    ];
    for (const series of zero) expect([series, sample(text, series)]).toEqual([series, 0]);
  });

  it('the model that is served and its training data are there', async () => {
    const text = await textOf(anAggregator());
    const { name, version, sha256 } = model;
    expect(sample(text, `model_info{name="${name}",version="${version}",sha256="${sha256}"}`)).toBe(
      1,
    );
    for (const { name: feature, deciles, cumulativeCounts, mean } of model.features) {
      const series = (suffix: string, le = '') =>
        `model_training_feature_value_${suffix}{feature="${feature}",model_version="${version}"${le}}`;
      expect(deciles.map((decile) => sample(text, series('bucket', `,le="${decile}"`)))).toEqual(
        cumulativeCounts,
      );
      expect(sample(text, series('bucket', ',le="+Inf"'))).toBe(150);
      expect(sample(text, series('count'))).toBe(150);
      expect(sample(text, series('sum'))).toBeCloseTo(mean * 150);
    }
  });
});

describe('an Observation', () => {
  it('is counted in every metric that it concerns', async () => {
    const aggregator = anAggregator();
    const batch = {
      function: 'batchPredict',
      route: '/predict/batch',
      coldStart: true,
      initSeconds: 0.06,
      client: 'local',
    };
    const rows = [
      [5, 3, 1.5, 0.2],
      [100, 3, 1.5, 0.2],
    ];
    aggregator.observe(
      anObservation({ ...batch, seconds: 0.07, batchSize: 2, predictions: predictionsOf(rows, 1) }),
    );
    const text = await textOf(aggregator);
    const batches = 'function="batchPredict"';
    const version = `model_version="${model.version}"`;
    const wanted = {
      'api_requests_total{function="batchPredict",method="POST",route="/predict/batch",status="200"}': 1,
      'api_request_latency_seconds_sum{function="batchPredict",route="/predict/batch",cold_start="true"}': 0.07,
      'api_request_size_bytes_sum{function="batchPredict"}': 80,
      'api_response_size_bytes_sum{function="batchPredict"}': 300,
      'api_batch_size_sum{function="batchPredict"}': 2,
      'api_client_requests_total{client="local"}': 1,
      'lambda_cold_starts_total{function="batchPredict"}': 1,
      'lambda_init_duration_seconds_sum{function="batchPredict"}': 0.06,
      'lambda_heap_used_bytes{function="batchPredict"}': 9e6,
      'lambda_event_loop_utilization_ratio{function="batchPredict"}': 0.1,
      [`model_predictions_total{${batches},class="${model.classes[0]}",${version}}`]: 2,
      [`model_predictions_total{function="predict",class="${model.classes[0]}",${version}}`]: 0,
      [`model_prediction_confidence_count{${batches},${version}}`]: 2,
      [`model_out_of_distribution_total{${batches},${version}}`]: 1,
      'model_inference_seconds_sum{function="batchPredict"}': 3e-6,
      [`model_feature_value_bucket{${batches},feature="sepal_length",${version},le="5"}`]: 1,
      [`model_feature_value_bucket{${batches},feature="sepal_length",${version},le="6.9"}`]: 1,
      [`model_feature_value_bucket{${batches},feature="sepal_length",${version},le="+Inf"}`]: 2,
      [`model_feature_value_sum{${batches},feature="sepal_length",${version}}`]: 105,
      'lambda_errors_total{function="batchPredict",kind="validation"}': 0,
    };
    for (const [series, value] of Object.entries(wanted)) {
      expect([series, sample(text, series)]).toEqual([series, value]);
    }
  });

  it('of a failure is counted by kind and status', async () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation({ status: 422, errorKind: 'validation' }));
    const text = await textOf(aggregator);
    expect(sample(text, 'lambda_errors_total{function="predict",kind="validation"}')).toBe(1);
    expect(
      sample(
        text,
        'api_requests_total{function="predict",method="POST",route="/predict",status="422"}',
      ),
    ).toBe(1);
  });
});

describe('the slowest request of late', () => {
  const cold = 'api_request_latency_max_seconds{function="predict",cold_start="true"}';
  const warm = 'api_request_latency_max_seconds{function="predict",cold_start="false"}';
  const slowest = async (aggregator: Aggregator) => {
    const text = await textOf(aggregator);
    return { cold: sample(text, cold), warm: sample(text, warm) };
  };

  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is known of cold and warm ones apart, as long as it is of late, and then the next slowest', async () => {
    const aggregator = anAggregator();
    expect(await slowest(aggregator)).toEqual({ cold: 0, warm: 0 });
    aggregator.observe(anObservation({ coldStart: true, initSeconds: 0.2, seconds: 0.3 }));
    aggregator.observe(anObservation({ seconds: 0.008 }));
    aggregator.observe(anObservation({ seconds: 0.002 }));
    expect(await slowest(aggregator)).toEqual({ cold: 0.3, warm: 0.008 });

    vi.advanceTimersByTime((RECENT_SECONDS * 1000) / 2);
    aggregator.observe(anObservation({ seconds: 0.003 }));
    aggregator.observe(anObservation({ seconds: 0.004 }));
    expect(await slowest(aggregator)).toEqual({ cold: 0.3, warm: 0.008 });

    vi.advanceTimersByTime((RECENT_SECONDS * 1000) / 2);
    expect(await slowest(aggregator)).toEqual({ cold: 0, warm: 0.004 });
    vi.advanceTimersByTime((RECENT_SECONDS * 1000) / 2);
    expect(await slowest(aggregator)).toEqual({ cold: 0, warm: 0 });
  });

  it('is a change when it no longer is, so that it does not stay where it was pushed to', () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation());
    const pushed = aggregator.changes;
    vi.advanceTimersByTime(RECENT_SECONDS * 1000 - 1);
    expect(aggregator.changes).toBe(pushed);
    vi.advanceTimersByTime(1);
    expect(aggregator.changes).toBeGreaterThan(pushed);
  });

  it('is in no last push', async () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation());
    aggregator.end();
    expect(await slowest(aggregator)).toEqual({ cold: 0, warm: 0 });
  });
});

describe('an invocation that nothing was reported of', () => {
  it.each([
    [502, { 502: 1, 504: 0, handler: 1, timeout: 0 }],
    [504, { 502: 0, 504: 1, handler: 0, timeout: 1 }],
  ] as const)(
    'is counted as what the gateway answers (%s), with its cold start',
    async (status, counts) => {
      const aggregator = anAggregator();
      const invocation = anInvocation({ coldStart: true, initSeconds: 0.06 });
      aggregator.observeUnreported(invocation, { status, seconds: 3 });
      const text = await textOf(aggregator);
      const wanted = {
        'api_requests_total{function="predict",method="POST",route="/predict",status="502"}':
          counts[502],
        'api_requests_total{function="predict",method="POST",route="/predict",status="504"}':
          counts[504],
        'lambda_errors_total{function="predict",kind="handler"}': counts.handler,
        'lambda_errors_total{function="predict",kind="timeout"}': counts.timeout,
        'lambda_cold_starts_total{function="predict"}': 1,
        'lambda_init_duration_seconds_sum{function="predict"}': 0.06,
        'api_request_latency_seconds_sum{function="predict",route="/predict",cold_start="true"}': 3,
        'api_response_size_bytes_count{function="predict"}': 0,
      };
      for (const [series, value] of Object.entries(wanted)) {
        expect([series, sample(text, series)]).toEqual([series, value]);
      }
    },
  );
});

describe('what is not bounded by itself', () => {
  it('clients beyond the first 50 share a label', async () => {
    const clients = Array.from({ length: 80 }, (_, index) => `client-${index}`);
    const aggregator = anAggregator({ clients: ['local', ...clients] });
    for (const client of clients) aggregator.observe(anObservation({ client }));
    aggregator.observe(anObservation({ client: 'client-3' }));
    const text = await textOf(aggregator);
    // "local" is one of the 50.
    expect(sample(text, 'api_client_requests_total{client="other"}')).toBe(31);
    expect(sample(text, 'api_client_requests_total{client="client-3"}')).toBe(2);
    expect(text.match(/^api_client_requests_total\{/gm)).toHaveLength(51);
  });

  it('a client that the service has no key of makes no series', async () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation({ client: 'forged' }));
    const text = await textOf(aggregator);
    expect(text).not.toContain('forged');
    expect(sample(text, 'api_client_requests_total{client="other"}')).toBe(1);
  });

  it.each([
    ['function', { function: 'evil' }],
    ['route', { route: '/predict/1234' }],
    ['method', { method: 'BREW' }],
  ])('an unknown %s makes no series, and is said once', async (_what, change) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    said.mockClear();
    const aggregator = anAggregator();
    const before = await countersOf(aggregator);
    aggregator.observeUnreported(anInvocation(change), { status: 502, seconds: 1 });
    aggregator.observe(anObservation(change));
    expect(await countersOf(aggregator)).toEqual(before);
    expect(said).toHaveBeenCalledTimes(1);
  });

  it('a status that is none counts as the 502 that API Gateway makes of it', async () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation({ status: Number.NaN }));
    expect(
      sample(
        await textOf(aggregator),
        'api_requests_total{function="predict",method="POST",route="/predict",status="502"}',
      ),
    ).toBe(1);
  });
});

it('goes on counting when another model is served, and the old one stays as it was', async () => {
  const aggregator = anAggregator();
  const retrained = { ...model, version: 'abc', sha256: 'abcdef', classes: ['yes', 'no'] };
  aggregator.observe(anObservation({ predictions: predictionsOf([[5, 3, 1.5, 0.2]]) }));
  aggregator.serve(retrained);
  aggregator.observe(
    anObservation({
      predictions: { ...predictionsOf([[5, 3, 1.5, 0.2]]), modelVersion: 'abc', classes: [1, 0] },
    }),
  );
  const text = await textOf(aggregator);
  expect(
    sample(
      text,
      `model_predictions_total{function="predict",class="${model.classes[0]}",model_version="${model.version}"}`,
    ),
  ).toBe(1);
  expect(
    sample(text, 'model_predictions_total{function="predict",class="yes",model_version="abc"}'),
  ).toBe(1);
  expect(text.match(/^model_info\{/gm)).toHaveLength(1);
  expect(text).toContain('version="abc"');
});

it('never lets a label be one of the grouping keys of a push', async () => {
  const keys = Object.keys(metrics) as MetricKey[];
  for (const key of keys) {
    expect(metrics[key].labels).not.toContain('job');
    expect(metrics[key].labels).not.toContain('instance');
  }
  expect(await textOf(anAggregator())).not.toMatch(/^[^#].*[{,](job|instance)=/m);
});

it.skipIf(missing('promtool'))('writes what promtool finds nothing wrong with', async () => {
  const input = (await textOf(anAggregator()))
    // prom-client's own metrics are not ours to name.
    .replaceAll(/^# (HELP|TYPE) (nodejs|process)_.*\n|^(nodejs|process)_.*\n/gm, '');
  const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  });
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});

/** The lines of our own counters and histograms, not of this process's. */
async function countersOf(aggregator: Aggregator): Promise<string[]> {
  const text = await textOf(aggregator);
  return text.split('\n').filter((line) => /^(api|lambda|model)_/.test(line));
}
