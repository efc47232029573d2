import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sample } from '../../../../test/samples.ts';
import { missing } from '../../../../test/servers.ts';
import { anObservation } from '../../test/anObservation.ts';
import { type MetricKey, metrics, RECENT_SECONDS } from '../builtInMetrics.ts';
import type { Counted } from '../function/localSink.ts';
import type { MetricDefinition } from '../metrics.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';

const routes = [
  { function: 'hello', method: 'GET', route: '/' },
  { function: 'orders', method: 'POST', route: '/orders' },
  { function: 'files', method: 'GET', route: '/files/{file}' },
  { function: 'nightly', method: '', route: 'schedule' },
];

const own = {
  items: {
    name: 'items_total',
    kind: 'counter',
    labels: ['country'],
    help: 'Items ordered.',
    known: [{ country: 'NL' }, { country: 'DE', function: 'orders' }],
  },
  weight: {
    name: 'item_weight',
    kind: 'histogram',
    labels: ['country'],
    buckets: { by: 'country', edges: { NL: [1, 2], DE: [10] } },
    help: 'Weight of an item.',
    known: [{ country: 'DE', function: 'orders' }],
  },
  stock: { name: 'stock', kind: 'gauge', labels: ['item'], help: 'Items in stock.' },
  catalogue: {
    name: 'catalogue_info',
    kind: 'gauge',
    labels: ['version'],
    help: 'The catalogue; always 1.',
    constants: [{ labels: { version: '1' }, value: 1 }],
  },
  usual: {
    name: 'usual_weight',
    kind: 'histogram',
    buckets: [1, 2],
    help: 'Weight as it was.',
    constants: [{ labels: {}, value: { counts: [3, 2, 1], sum: 12 } }],
  },
} as const satisfies Record<string, MetricDefinition>;

function anAggregator({ clients = ['local'] } = {}): Aggregator {
  const aggregator = createAggregator({ routes, clients });
  aggregator.define(Object.values(own));
  return aggregator;
}

const textOf = ({ registry }: Aggregator) => registry.metrics();

describe('before the first request', () => {
  it('every metric of the table is there, and known label sets are at zero', async () => {
    const text = await textOf(anAggregator());
    for (const { name, kind, help } of [...Object.values(metrics), ...Object.values(own)]) {
      expect(text).toContain(`# TYPE ${name} ${kind}\n`);
      expect(text).toContain(`# HELP ${name} ${help}\n`);
    }
    const zero = [
      'api_requests_total{function="orders",method="POST",route="/orders",status="200"}',
      'api_requests_total{function="orders",method="POST",route="/orders",status="504"}',
      'api_requests_total{function="files",method="GET",route="/files/{file}",status="404"}',
      'api_requests_total{function="nightly",method="",route="schedule",status="500"}',
      'api_request_latency_seconds_count{function="hello",route="/",cold_start="true"}',
      'api_request_latency_seconds_bucket{function="hello",route="/",cold_start="false",le="0.05"}',
      'api_client_requests_total{client="local"}',
      'api_client_requests_total{client="other"}',
      'lambda_cold_starts_total{function="files"}',
      'lambda_instances{function="orders"}',
      'lambda_invocations_in_flight{function="orders"}',
      'lambda_invocations_in_flight_max{function="orders"}',
      'lambda_errors_total{function="nightly",kind="timeout"}',
      'items_total{function="hello",country="NL"}',
      'items_total{function="orders",country="DE"}',
      'item_weight_bucket{function="orders",country="DE",le="10"}',
    ];
    for (const series of zero) expect([series, sample(text, series)]).toEqual([series, 0]);
    // A label set that names a function is that function's alone.
    expect(sample(text, 'items_total{function="hello",country="DE"}')).toBeUndefined();
  });

  it('what is constant is there', async () => {
    const text = await textOf(anAggregator());
    expect(sample(text, 'catalogue_info{version="1"}')).toBe(1);
    expect(sample(text, 'usual_weight_bucket{le="2"}')).toBe(5);
    expect(sample(text, 'usual_weight_bucket{le="+Inf"}')).toBe(6);
    expect(sample(text, 'usual_weight_sum')).toBe(12);
  });
});

describe('an Observation', () => {
  it('is counted in every metric that it concerns', async () => {
    const aggregator = anAggregator();
    aggregator.observe(
      anObservation({
        coldStart: true,
        initSeconds: 0.06,
        client: 'local',
        seconds: 0.07,
        counted: [
          ['items_total', 2, 'NL'],
          ['item_weight', { counts: [0, 1, 1], sum: 105 }, 'NL'],
          ['item_weight', 10, 'DE'],
          ['stock', 7, 'a'],
        ],
      }),
    );
    const text = await textOf(aggregator);
    const wanted = {
      'api_requests_total{function="orders",method="POST",route="/orders",status="200"}': 1,
      'api_request_latency_seconds_sum{function="orders",route="/orders",cold_start="true"}': 0.07,
      'api_request_size_bytes_sum{function="orders"}': 80,
      'api_response_size_bytes_sum{function="orders"}': 300,
      'api_client_requests_total{client="local"}': 1,
      'lambda_cold_starts_total{function="orders"}': 1,
      'lambda_init_duration_seconds_sum{function="orders"}': 0.06,
      'lambda_heap_used_bytes{function="orders"}': 9e6,
      'lambda_event_loop_utilization_ratio{function="orders"}': 0.1,
      'items_total{function="orders",country="NL"}': 2,
      'items_total{function="hello",country="NL"}': 0,
      'item_weight_bucket{function="orders",country="NL",le="2"}': 1,
      'item_weight_bucket{function="orders",country="NL",le="+Inf"}': 2,
      'item_weight_sum{function="orders",country="NL"}': 105,
      'item_weight_bucket{function="orders",country="DE",le="10"}': 1,
      'stock{function="orders",item="a"}': 7,
      'lambda_errors_total{function="orders",kind="validation"}': 0,
    };
    for (const [series, value] of Object.entries(wanted)) {
      expect([series, sample(text, series)]).toEqual([series, value]);
    }
  });

  it('of a failure is counted by kind and status', async () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation({ status: 422, errorKind: 'validation' }));
    const text = await textOf(aggregator);
    expect(sample(text, 'lambda_errors_total{function="orders",kind="validation"}')).toBe(1);
    expect(
      sample(
        text,
        'api_requests_total{function="orders",method="POST",route="/orders",status="422"}',
      ),
    ).toBe(1);
  });
});

describe('the slowest request of late', () => {
  const cold = 'api_request_latency_max_seconds{function="orders",cold_start="true"}';
  const warm = 'api_request_latency_max_seconds{function="orders",cold_start="false"}';
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

it('an invocation whose runtime does not tell its init is a cold start without one', async () => {
  const aggregator = anAggregator();
  aggregator.observe(anObservation({ coldStart: true }));
  const text = await textOf(aggregator);
  expect(sample(text, 'lambda_cold_starts_total{function="orders"}')).toBe(1);
  expect(sample(text, 'lambda_init_duration_seconds_count{function="orders"}')).toBe(0);
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
    ['route', { route: '/orders/1234' }],
    ['trigger', { method: '', route: 'moon' }],
    ['method', { method: 'BREW' }],
  ])('an unknown %s makes no series, and is said once', async (_what, change) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    said.mockClear();
    const aggregator = anAggregator();
    const before = await countersOf(aggregator);
    aggregator.observe(anObservation(change));
    aggregator.observeRefused(anObservation(change), 429);
    expect(await countersOf(aggregator)).toEqual(before);
    expect(said).toHaveBeenCalledTimes(1);
  });

  it('a status that is none counts as the 502 that API Gateway makes of it', async () => {
    const aggregator = anAggregator();
    aggregator.observe(anObservation({ status: Number.NaN }));
    expect(
      sample(
        await textOf(aggregator),
        'api_requests_total{function="orders",method="POST",route="/orders",status="502"}',
      ),
    ).toBe(1);
  });
});

it('goes on counting when metrics are defined anew, and what was counted stays', async () => {
  const aggregator = anAggregator();
  const items = (country: string): Counted => ['items_total', 1, country];
  aggregator.observe(anObservation({ counted: [items('NL')] }));
  const { changes } = aggregator;
  aggregator.define(Object.values(own));
  expect(aggregator.changes).toBe(changes);
  aggregator.define([
    { ...own.items, known: [{ country: 'FR' }] },
    { ...own.catalogue, constants: [{ labels: { version: '2' }, value: 1 }] },
  ]);
  aggregator.observe(anObservation({ counted: [items('FR')] }));
  const text = await textOf(aggregator);
  expect(sample(text, 'items_total{function="orders",country="NL"}')).toBe(1);
  expect(sample(text, 'items_total{function="orders",country="FR"}')).toBe(1);
  expect(sample(text, 'items_total{function="hello",country="FR"}')).toBe(0);
  expect(text.match(/^catalogue_info\{.*$/gm)).toEqual(['catalogue_info{version="2"} 1']);
});

it('bounds the label sets of a metric, and says so once', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  said.mockClear();
  const aggregator = anAggregator();
  const counted = Array.from({ length: 3000 }, (_, index): Counted => {
    return ['items_total', 1, String(index)];
  });
  aggregator.observe(anObservation({ counted }));
  expect((await textOf(aggregator)).match(/^items_total\{/gm)).toHaveLength(2000);
  expect(said).toHaveBeenCalledTimes(1);
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
  return text.split('\n').filter((line) => /^(api|lambda|items)_/.test(line));
}
