import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withFunction } from '../test/aws/packagedFunction.ts';
import { packageService, type ServicePackage } from '../test/aws/packages.ts';
import { type RuntimeClient, runtimeClients } from '../test/aws/runtimeClients.ts';
import { type S3Server, startS3 } from '../test/aws/s3Server.ts';

/** Rows of the largest object that is promised. */
const ROWS = 1_000_000;

/** What it may take of memory, in bytes. */
const MEMORY_LIMIT = 512 * 1024 * 1024;

const [client] = runtimeClients() as [RuntimeClient];
let service: ServicePackage;
let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
  service = await packageService('dev');
});
afterAll(async () => {
  await service.remove();
  await s3.stop();
});

/** Flowers like those of the training data, as CSV; one row in a hundred lacks a value. */
function* flowers(count: number): Generator<string> {
  const kinds = ['5.1,3.5,1.4', '5.9,2.8,4.3', '6.6,3.0,5.6'];
  const petalWidths = ['0.2', '1.3', '2.1'];
  yield 'sepal_length,sepal_width,petal_length,petal_width\n';
  let lines = '';
  for (let row = 1; row <= count; row += 1) {
    const petalWidth = row % 100 === 0 ? '' : petalWidths[row % 3];
    lines += `${kinds[row % 3]},${petalWidth}\n`;
    if (row % 1000 > 0 && row < count) continue;
    yield lines;
    lines = '';
  }
}

/** The event of S3 for an object that came in. */
function objectCreated(key: string): object {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+');
  return { Records: [{ s3: { bucket: { name: s3.bucket }, object: { key: encoded } } }] };
}

it('predicts a million rows from its zip, in little memory, and keeps every row in its order', async () => {
  const key = 'incoming/all flowers.csv';
  await s3.put(key, flowers(ROWS));
  const environment = { AWS_ENDPOINT_URL_S3: s3.endpoint };
  const start = performance.now();
  const peak = await withFunction(
    service,
    'bulkPredict',
    client,
    async (instance) => {
      expect(await instance.invoke(objectCreated(key))).toMatchObject([
        {
          status: 'complete',
          counts: { rows: ROWS, predicted: ROWS * 0.99, rejected: ROWS * 0.01 },
        },
      ]);
      return instance.peakMemoryBytes() ?? 0;
    },
    environment,
  );
  console.log(
    `${ROWS} rows: ${((performance.now() - start) / 1000).toFixed(1)} s, ${(peak / 2 ** 20).toFixed(0)} MiB`,
  );
  expect(peak).toBeLessThanOrEqual(MEMORY_LIMIT);

  const output = 'predictions/all flowers.csv';
  const predicted = await lineNumbers(`${output}.predictions.ndjson`);
  const rejected = await lineNumbers(`${output}.rejected.ndjson`);
  for (const numbers of [predicted, rejected]) expect(isAscending(numbers)).toBe(true);
  // Line 1 is the header.
  const all = new Set([...predicted, ...rejected]);
  expect(all.size).toBe(ROWS);
  expect(all.has(2) && all.has(ROWS + 1)).toBe(true);
  expect(s3.openUploads()).toBe(0);
});

/** The numbers of the input's lines that an output is about. */
async function lineNumbers(key: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const line of createInterface({ input: await s3.stream(key) })) {
    numbers.push(Number(line.match(/^\{"line":(\d+),/)?.[1]));
  }
  return numbers;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}
