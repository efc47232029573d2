/** AWS's own library for the Embedded Metric Format would write every document of a run, and none that is broken. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/root.ts';
import { runInLambda } from '../lambdaProcess.ts';
import { missingPython, pythonProgram } from '../programs/folder.ts';
import { type EmfLine, emfLines } from './emfLines.ts';
import { startLambda } from './lambdaInstance.ts';
import { restEvent } from './restEvent.ts';
import { documentedProtocol } from './runtimeClients.ts';
import { startS3 } from './s3Server.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

/** Until what is written in turn has all been. */
const TURNS = 12;

/** What the library says of documents; nothing when it would write them all. */
function refusals(documents: readonly object[]): string {
  const { stdout, stderr } = spawnSync(
    pythonProgram('python'),
    [join(root, 'test/aws/validateEmf.py')],
    { encoding: 'utf8', input: documents.map((one) => `${JSON.stringify(one)}\n`).join('') },
  );
  expect(stderr).toBe('');
  return stdout;
}

describe.skipIf(missingPython('python'))("AWS's own library", () => {
  let documents: EmfLine[];
  beforeAll(async () => {
    const predict = (row: object) => restEvent('POST', '/predict', row);
    const rows = Array.from({ length: 250 }, () => SETOSA);
    const runs = {
      health: [restEvent('GET', '/')],
      predict: [
        SETOSA,
        { ...SETOSA, sepal_length: 1e300 },
        { sepal_length: 'long' },
        ...Array.from({ length: TURNS }, () => SETOSA),
      ].map(predict),
      batchPredict: [
        restEvent('POST', '/predict/batch', { instances: rows }),
        restEvent('POST', '/predict/batch', { instances: [{}] }),
      ],
      labels: [
        restEvent('POST', '/labels', { request_id: 'Größe\u2028 🌸', class: 'setosa' }),
        restEvent('POST', '/labels', {}),
      ],
      docs: [restEvent('GET', '/docs'), restEvent('GET', '/docs/none')],
    };
    documents = [];
    for (const [name, events] of Object.entries(runs)) {
      documents.push(...emfLines((await runInLambda(name, events)).stdout));
    }
  });

  it('would write each of cold, warm, refused and batch requests', () => {
    const told = JSON.stringify(documents);
    for (const part of ['"cold_start":"true"', '"cold_start":"false"', '"kind":"validation"']) {
      expect(told).toContain(part);
    }
    // A batch of 250 rows takes several.
    expect(documents.filter((one) => one['function'] === 'batchPredict').length).toBeGreaterThan(2);
    expect(refusals(documents)).toBe('');
  });

  it('is told nothing by bulk predictions, which write a summary that is no document', async () => {
    const s3 = await startS3();
    try {
      await s3.put('incoming/flower.ndjson', JSON.stringify(SETOSA));
      const run = await runInLambda(
        'bulkPredict',
        [{ bucket: s3.bucket, key: 'incoming/flower.ndjson' }] as never,
        { AWS_ENDPOINT_URL_S3: s3.endpoint },
      );
      expect(run.stdout.join()).toContain('complete');
      expect(run.stdout.join()).not.toContain('_aws');
    } finally {
      await s3.stop();
    }
  });

  it('would write whatever labels a metric is given', async () => {
    const kinds = ['plain', '', ' ', 'Größe', '大きさ', '🌸', 'two\nlines', 'x'.repeat(2000), 404];
    const instance = await startLambda({
      name: 'anyLabels',
      taskRoot: join(root, 'test/fixtures'),
      handler: 'anyLabels.handler',
      memorySize: 256,
      timeoutSeconds: 6,
      environment: {},
      runtimeClient: documentedProtocol.args,
    });
    await instance.invoke({ kinds });
    const lines = emfLines(instance.stdoutLines());
    await instance.stop();
    const written = lines.flatMap((line) => (line['kind'] === undefined ? [] : [line['kind']]));
    expect(new Set(written).size).toBe(kinds.length);
    expect(written).toContain('plain');
    expect(refusals(lines)).toBe('');
  });

  it.each<[string, (document: EmfLine) => object]>([
    ['a namespace of other characters', (one) => withDirective(one, { Namespace: 'my service' })],
    ['a dimension of other characters', (one) => ({ ...one, function: 'Größe' })],
    ['a dimension without a value', (one) => ({ ...one, function: '' })],
    ['a dimension that is not there', (one) => ({ ...one, function: undefined })],
    ['too many dimensions', (one) => withDirective(one, { Dimensions: [names(31)] }, 'x')],
    ['a value that is none', (one) => ({ ...one, api_requests_total: 'one' })],
    ['too many values', (one) => ({ ...one, api_requests_total: Array(101).fill(1) })],
    [
      'too many metrics',
      (one) => withDirective(one, { Metrics: names(101).map((Name) => ({ Name })) }, 1),
    ],
    [
      'a unit that is none',
      (one) => withDirective(one, { Metrics: [{ Name: 'api_requests_total', Unit: 'requests' }] }),
    ],
    [
      'a time of two weeks ago',
      (one) => ({ ...one, _aws: { ...one._aws, Timestamp: Date.now() - 15 * 24 * 3600 * 1000 } }),
    ],
  ])('would not write %s', (_, broken) => {
    const [whole = expect.fail('no document')] = documents;
    expect(refusals([whole, broken(whole), whole])).toMatch(/^2: .*\n$/);
  });
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `name${index}`);

/** A document with another first directive, whose names have a value each. */
function withDirective(document: EmfLine, changes: object, value?: unknown): object {
  const [first, ...others] = document._aws.CloudWatchMetrics;
  return {
    ...document,
    ...(value === undefined ? {} : Object.fromEntries(names(101).map((name) => [name, value]))),
    _aws: { ...document._aws, CloudWatchMetrics: [{ ...first, ...changes }, ...others] },
  };
}
