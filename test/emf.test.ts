import { Ajv } from 'ajv';
import { metrics as builtIn } from 'lambdascope/builtInMetrics';
import { emfDimensions } from 'lambdascope/function/emfDimensions';
import type { MetricDefinition } from 'lambdascope/metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelMetrics } from '../lib/modelDefinitions.ts';
import { model } from '../lib/servedModel.ts';
import type { EmfLine } from './aws/emfLines.ts';
import event from './events/predict.json' with { type: 'json' };
import schema from './fixtures/emfSchema.json' with { type: 'json' };
import { type LambdaRun, runInLambda } from './lambdaProcess.ts';

const metrics = { ...builtIn, ...modelMetrics(model) };
const definitions: readonly MetricDefinition[] = Object.values(metrics);

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
function valuesOf(
  lines: readonly EmfLine[],
  key: keyof typeof metrics,
  dimensions: object,
): number[] {
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

/** More than there are metrics, by label set, that go in turn. */
const TURNS = 12;

let single: LambdaRun;
let many: LambdaRun;

beforeAll(async () => {
  single = await runInLambda('predict', [
    predict(setosa),
    predict({ ...setosa, sepal_length: 1e300 }),
    predict({ sepal_length: 'long' }),
    // What goes in turn has all had its turn then.
    ...Array.from({ length: TURNS }, () => predict(setosa)),
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

  it('is one for a prediction, of a thousand bytes at most, cold or warm', () => {
    expect(single.stdout).toHaveLength(single.answers.length);
    for (const line of single.stdout)
      expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(1000);
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
  expect(single.answers.map(({ statusCode }) => statusCode).slice(0, 3)).toEqual([200, 200, 422]);
  expect(single.stderr).toBe('lambdascope: metrics sink emf (default)\n');
});

describe('the metrics of single predictions', () => {
  it('are those of Prometheus, by name, under the stated dimensions', () => {
    const stated = definitions.flatMap((definition) => {
      const sets = emfDimensions(definition);
      return sets.length === 0 ? [] : [`${JSON.stringify(sets)} ${definition.name}`];
    });
    const seen = new Set(
      [...parse(single), ...parse(many)].flatMap((line) =>
        line._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
          Metrics.map(({ Name }) => `${JSON.stringify(Dimensions)} ${Name}`),
        ),
      ),
    );
    expect([...seen].toSorted()).toEqual(stated.toSorted());
  });

  it('count requests each time, errors and cold starts when there is one', () => {
    const lines = parse(single);
    const predictOnly = { function: 'predict' };
    const ones = (length: number) => new Array<number>(length).fill(1);
    expect(valuesOf(lines, 'requests', predictOnly)).toEqual(ones(3 + TURNS));
    expect(valuesOf(lines, 'coldStarts', predictOnly)).toEqual([1]);
    expect(valuesOf(lines, 'errors', predictOnly)).toEqual([1]);
    expect(valuesOf(lines, 'errors', { function: 'predict', kind: 'validation' })).toEqual([1]);
    expect(valuesOf(lines, 'initDuration', predictOnly)).toHaveLength(1);
    expect(valuesOf(lines, 'latency', predictOnly)).toHaveLength(3 + TURNS);
    expect(valuesOf(lines, 'latency', { function: 'predict', cold_start: 'true' })).toHaveLength(1);
    expect(valuesOf(lines, 'latency', { function: 'predict', cold_start: 'false' })).toHaveLength(
      2 + TURNS,
    );
  });

  it('count predictions by class, and what is out of distribution', () => {
    const lines = parse(single);
    expect(valuesOf(lines, 'predictions', { class: 'setosa' })).toHaveLength(2 + TURNS);
    expect(valuesOf(lines, 'outOfDistribution', { function: 'predict' })).toEqual([1]);
  });

  it('survive a number that CloudWatch would refuse', () => {
    const lengths = valuesOf(parse(single), 'featureValue', { feature: 'sepal_length' });
    expect(lengths.slice(0, 2)).toEqual([5.1, Number.MAX_SAFE_INTEGER]);
  });
});

describe('the metrics of a batch', () => {
  it('hold every row, at most 100 values a line', () => {
    const lines = parse(many);
    const batchOnly = { function: 'batchPredict' };
    expect(valuesOf(lines, 'requests', batchOnly)).toEqual([1]);
    expect(valuesOf(lines, 'batchSize', batchOnly)).toEqual([250]);
    expect(valuesOf(lines, 'predictions', batchOnly)).toEqual([200, 50]);
    expect(valuesOf(lines, 'predictions', { class: 'setosa' })).toEqual([200]);
    expect(valuesOf(lines, 'predictions', { class: 'virginica' })).toEqual([50]);
    expect(valuesOf(lines, 'confidence', batchOnly)).toHaveLength(250);
    for (const { name } of model.features) {
      expect(valuesOf(lines, 'featureValue', { feature: name })).toHaveLength(250);
    }
  });
});

it('makes at most 97 metrics in CloudWatch, as docs/deploy.md states', () => {
  const sizes: Readonly<Record<string, number>> = {
    function: 4,
    cold_start: 2,
    kind: 3,
    class: model.classes.length,
    feature: model.features.length,
  };
  const combinations = (labels: readonly string[]) =>
    labels.reduce((product, label) => product * (sizes[label] ?? Number.NaN), 1);
  const counts = definitions.flatMap((one) => emfDimensions(one).map(combinations));
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
