import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { emfGroups, emfUnit, notInEmf } from '../lib/emfMetrics.ts';
import { type MetricKey, metrics } from '../lib/metrics.ts';
import { model } from '../lib/servedModel.ts';
import type { EmfLine } from './aws/emfLines.ts';
import event from './events/predict.json' with { type: 'json' };
import schema from './fixtures/emfSchema.json' with { type: 'json' };
import { type LambdaRun, runInLambda } from './lambdaProcess.ts';

const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const virginica = { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 };
const headers = { ...event.headers, 'x-api-key': 'secret' };
const predict = (row: object) => ({ ...event, headers, body: JSON.stringify(row) }) as object;
const batch = (instances: readonly object[]) =>
  ({
    ...event,
    headers,
    resource: '/predict/batch',
    path: '/predict/batch',
    body: JSON.stringify({ instances }),
  }) as object;

const parse = ({ stdout }: LambdaRun) => stdout.map((line) => JSON.parse(line) as EmfLine);

/** Every value of a metric in lines that have exactly these dimension sets, however they are split. */
function valuesOf(lines: readonly EmfLine[], key: MetricKey, dimensions: object): number[] {
  const { name } = metrics[key];
  return lines
    .filter((line) => Object.entries(dimensions).every(([label, value]) => line[label] === value))
    .filter((line) =>
      line._aws.CloudWatchMetrics.some(({ Dimensions }) =>
        Dimensions.some((set) => String(set) === String(Object.keys(dimensions))),
      ),
    )
    .flatMap((line) => (line[name] ?? []) as number | number[]);
}

let single: LambdaRun;
let many: LambdaRun;

beforeAll(async () => {
  single = await runInLambda('predict', [
    predict(setosa),
    predict({ ...setosa, sepal_length: 1e300 }),
    predict({ sepal_length: 'long' }),
  ] as never);
  const rows = Array.from({ length: 250 }, (_, index) => (index < 200 ? setosa : virginica));
  many = await runInLambda('batchPredict', [batch(rows)] as never);
});

describe('every line on stdout', () => {
  it('is Embedded Metric Format', () => {
    const valid = new Ajv().compile(schema);
    for (const line of [...parse(single), ...parse(many)]) {
      expect(valid(line), JSON.stringify(valid.errors)).toBe(true);
      for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
        for (const name of Dimensions.flat()) expect(line[name]).toEqual(expect.any(String));
        for (const { Name } of Metrics) {
          const values = [line[Name]].flat();
          expect(values.length).toBeLessThanOrEqual(100);
          for (const value of values) expect(value).toEqual(expect.any(Number));
        }
      }
    }
  });

  it('is small enough for CloudWatch', () => {
    for (const line of [...single.stdout, ...many.stdout]) expect(line.length).toBeLessThan(256e3);
  });

  it('holds no API key', () => {
    expect(single.stdout.join()).not.toContain('secret');
    expect(single.stdout.join()).toContain('k3yid12345');
  });
});

it('the functions answer all the same, and say once on stderr which sink they use', () => {
  expect(single.answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 422]);
  expect(single.answers.map((answer) => Object.keys(answer))).not.toContain('observed');
  expect(single.stderr).toBe('lambdascope: metrics sink emf (default)\n');
});

describe('the metrics of single predictions', () => {
  it('are those of Prometheus, by name and unit, under the stated dimensions', () => {
    const stated = Object.values(emfGroups).flatMap(({ dimensionSets, metrics: keys }) =>
      keys.map((key) => `${String(dimensionSets)} ${metrics[key].name} ${emfUnit(key)}`),
    );
    const seen = new Set(
      [...parse(single), ...parse(many)].flatMap((line) =>
        line._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
          Metrics.map(({ Name, Unit }) => `${String(Dimensions)} ${Name} ${Unit}`),
        ),
      ),
    );
    expect([...seen].toSorted()).toEqual(stated.toSorted());
  });

  it('count requests, errors and cold starts as 0 and 1', () => {
    const lines = parse(single);
    const predictOnly = { function: 'predict' };
    expect(valuesOf(lines, 'requests', predictOnly)).toEqual([1, 1, 1]);
    expect(valuesOf(lines, 'coldStarts', predictOnly)).toEqual([1, 0, 0]);
    expect(valuesOf(lines, 'errors', predictOnly)).toEqual([0, 0, 1]);
    expect(valuesOf(lines, 'errors', { function: 'predict', kind: 'validation' })).toEqual([1]);
    expect(valuesOf(lines, 'initDuration', predictOnly)).toHaveLength(1);
    expect(valuesOf(lines, 'latency', { function: 'predict', cold_start: 'true' })).toHaveLength(1);
    expect(valuesOf(lines, 'latency', { function: 'predict', cold_start: 'false' })).toHaveLength(
      2,
    );
  });

  it('count predictions by class, and what is out of distribution', () => {
    const lines = parse(single);
    expect(valuesOf(lines, 'predictions', { class: 'setosa' })).toEqual([1, 1]);
    expect(valuesOf(lines, 'outOfDistribution', { function: 'predict' })).toEqual([0, 1]);
  });

  it('survive a number that CloudWatch would refuse', () => {
    const lengths = valuesOf(parse(single), 'featureValue', { feature: 'sepal_length' });
    expect(lengths).toEqual([5.1, Number.MAX_SAFE_INTEGER]);
  });
});

describe('the metrics of a batch', () => {
  it('hold every row, at most 100 values a line', () => {
    const lines = parse(many);
    const batchOnly = { function: 'batchPredict' };
    expect(valuesOf(lines, 'requests', batchOnly)).toEqual([1]);
    expect(valuesOf(lines, 'batchSize', batchOnly)).toEqual([250]);
    expect(valuesOf(lines, 'predictions', batchOnly)).toEqual([250]);
    expect(valuesOf(lines, 'predictions', { class: 'setosa' })).toEqual([200]);
    expect(valuesOf(lines, 'predictions', { class: 'virginica' })).toEqual([50]);
    expect(valuesOf(lines, 'confidence', batchOnly)).toHaveLength(250);
    for (const { name } of model.features) {
      expect(valuesOf(lines, 'featureValue', { feature: name })).toHaveLength(250);
    }
  });
});

it('every metric of the table goes to CloudWatch, or is said not to', () => {
  const written = Object.values(emfGroups).flatMap((group): readonly MetricKey[] => group.metrics);
  const keys = Object.keys(metrics) as MetricKey[];
  expect(keys.filter((key) => !written.includes(key)).toSorted()).toEqual(
    Object.keys(notInEmf).toSorted(),
  );
});

it('makes at most 97 metrics in CloudWatch, as lib/emfMetrics.ts states', () => {
  const sizes: Readonly<Record<string, number>> = {
    function: 4,
    cold_start: 2,
    kind: 3,
    class: model.classes.length,
    feature: model.features.length,
  };
  const combinations = (labels: readonly string[]) =>
    labels.reduce((product, label) => product * (sizes[label] ?? Number.NaN), 1);
  const counts = Object.values(emfGroups).flatMap((group) =>
    group.dimensionSets.map((labels) => group.metrics.length * combinations(labels)),
  );
  expect(counts.reduce((sum, count) => sum + count)).toBe(97);
});

it('sends nothing when told to, and files metrics under the namespace it is given', async () => {
  const none = await runInLambda('predict', [event] as never, { LAMBDASCOPE_SINK: 'none' });
  expect(none.stdout).toEqual([]);
  const named = await runInLambda('health', [{ ...event, resource: '/' }] as never, {
    AWS_EMF_NAMESPACE: 'lambdascope-prod',
  });
  const namespaces = parse(named).flatMap((line) =>
    line._aws.CloudWatchMetrics.map(({ Namespace }) => Namespace),
  );
  expect(new Set(namespaces)).toEqual(new Set(['lambdascope-prod']));
});

it('writes raw lines in the JSON log format too, where a wrapped line would hide its metrics', async () => {
  const run = await runInLambda('predict', [event] as never, { AWS_LAMBDA_LOG_FORMAT: 'JSON' });
  expect(parse(run).every(({ _aws }) => _aws !== undefined)).toBe(true);
});
