import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { metrics as builtIn } from 'lambdascope/builtInMetrics';
import { emfDimensions } from 'lambdascope/function/emfDimensions';
import type { MetricDefinition } from 'lambdascope/metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelMetrics } from '../lib/modelDefinitions.ts';
import { model } from '../lib/servedModel.ts';
import { root } from '../tools/root.ts';
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

const { requestId: request_id } = event.requestContext;
const label = (sent: object) => ({
  ...event,
  headers,
  resource: '/labels',
  path: '/labels',
  // Of the label itself.
  requestContext: { ...event.requestContext, requestId: 'another' },
  body: JSON.stringify(sent),
});

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
let labelled: LambdaRun;

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
  labelled = await runInLambda(
    'labels',
    [
      { request_id, class: 'setosa' },
      { request_id, row: 249, class: 'versicolor' },
      { request_id, row: 249, class: 'rose' },
    ].map(label) as never,
  );
});

describe('every line on stdout', () => {
  it('is Embedded Metric Format', () => {
    const valid = new Ajv().compile(schema);
    for (const line of [...parse(single), ...parse(many), ...parse(labelled)]) {
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

  it('is one for a prediction, of 1,200 bytes at most, cold or warm', () => {
    expect(single.stdout).toHaveLength(single.answers.length);
    for (const line of single.stdout)
      expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(1200);
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

describe('a label and its prediction', () => {
  it('can be joined by id and row, whatever the class', () => {
    const [first, second, refused] = parse(labelled);
    const [batched] = parse(many);
    expect(parse(single)[0]).toMatchObject({
      request_id,
      model_version: model.version,
      predictions: '00',
    });
    expect(first).toMatchObject({ request_id, row: 0, class: 'setosa', class_code: '00' });
    expect(second).toMatchObject({ request_id, row: 249, class: 'versicolor', class_code: '01' });
    expect(refused).not.toHaveProperty('class_code');
    expect(batched).toMatchObject({ request_id, model_version: model.version });
    // As the query in docs/deploy.md cuts them.
    const codeOf = (row: number) => String(batched?.['predictions']).slice(2 * row, 2 * row + 2);
    expect([0, 199, 200, 249, 250].map(codeOf)).toEqual(['00', '00', '02', '02', '']);
  });

  it('has every field that the query in docs/deploy.md asks of it', () => {
    const docs = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
    const query = docs.match(/^filter isPresent\(predictions\)\n[\s\S]*?^```/m)?.[0] ?? '';
    const asked = (side: string) =>
      [...query.matchAll(new RegExp(`\\b${side}\\.(\\w+)`, 'g'))].map(([, name = '']) => name);
    for (const [side, run] of [
      ['made', single],
      ['made', many],
      ['label', labelled],
    ] as const) {
      expect(asked(side).length).toBeGreaterThan(2);
      for (const name of asked(side)) expect(parse(run)[0], name).toHaveProperty(name);
    }
  });

  it('is on one line of a batch, however many it takes', () => {
    const lines = parse(many);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter((line) => 'predictions' in line)).toHaveLength(1);
  });

  it('makes no metric of its own', () => {
    const names = parse(labelled).flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)),
    );
    expect(names.filter((name) => name.startsWith('model_'))).toEqual([]);
  });
});

it('makes at most 122 metrics in CloudWatch, as docs/deploy.md states', () => {
  const sizes: Readonly<Record<string, number>> = {
    function: 5,
    cold_start: 2,
    kind: 3,
    class: model.classes.length,
    feature: model.features.length,
  };
  const combinations = (labels: readonly string[]) =>
    labels.reduce((product, label) => product * (sizes[label] ?? Number.NaN), 1);
  const counts = definitions.flatMap((one) => emfDimensions(one).map(combinations));
  expect(counts.reduce((sum, count) => sum + count)).toBe(122);
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
