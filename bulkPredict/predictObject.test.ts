import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { model } from '../lib/servedModel.ts';
import { type S3Server, startS3 } from '../test/aws/s3Server.ts';
import { predictObject } from './predictObject.ts';

const HEADER = 'sepal_length,sepal_width,petal_length,petal_width\n';
const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const SETOSA_CSV = '5.1,3.5,1.4,0.2\n';
const NDJSON = 'incoming/flowers.ndjson';
const CSV = 'incoming/flowers.csv';

let s3: S3Server;
beforeEach(async () => {
  s3 = await startS3();
});
afterEach(() => s3.stop());

/** Predicts the object at a key. */
function predict(key: string, options: { etag?: string; signal?: AbortSignal } = {}) {
  const { etag, signal = new AbortController().signal } = options;
  return predictObject(s3.client, { bucket: s3.bucket, key, etag }, model, signal);
}

/** The lines of an NDJSON output, parsed. */
async function outputs(key: string): Promise<Record<string, unknown>[]> {
  const text = (await s3.get(key)) ?? '';
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Lines of a good input that takes several parts of an upload to answer. */
function* manyRows(count: number): Generator<string> {
  const thousand = `${JSON.stringify(SETOSA)}\n`.repeat(1000);
  for (let row = 0; row < count; row += 1000) yield thousand;
}

describe('predictObject', () => {
  it('predicts NDJSON, in the order of its lines', async () => {
    const virginica = { ...SETOSA, sepal_length: 6.3, petal_length: 6, petal_width: 2.5 };
    await s3.put(NDJSON, `${JSON.stringify(SETOSA)}\r\n\n${JSON.stringify(virginica)}`);
    expect(await predict(NDJSON)).toMatchObject({
      status: 'complete',
      model_version: model.version,
      counts: { rows: 2, predicted: 2, rejected: 0 },
    });
    expect(await outputs('predictions/flowers.ndjson.predictions.ndjson')).toMatchObject([
      { line: 1, prediction: 'setosa', out_of_distribution: false },
      { line: 3, prediction: 'virginica' },
    ]);
  });

  it('predicts CSV by the names of its columns, whatever else is in it', async () => {
    const header = '\ufeffid,petal_width,"petal_length",sepal_width,sepal_length\n';
    await s3.put(CSV, `${header}"a, b",0.2,1.4,3.5,5.1\nc,2.5,6,3.3,6.3\n`);
    await predict(CSV);
    expect(await outputs('predictions/flowers.csv.predictions.ndjson')).toMatchObject([
      { line: 2, prediction: 'setosa' },
      { line: 3, prediction: 'virginica' },
    ]);
  });

  it('lists every bad row with its line and what is wrong, and predicts the others', async () => {
    const lines = [
      JSON.stringify(SETOSA),
      '{broken',
      JSON.stringify({ ...SETOSA, sepal_width: '3.5', extra: 1 }),
      JSON.stringify({ ...SETOSA, petal_width: -1 }),
      '"a string"',
      `{"long": "${'x'.repeat(100_000)}"}`,
      JSON.stringify(SETOSA),
    ];
    await s3.put(NDJSON, lines.join('\n'));
    expect(await predict(NDJSON)).toMatchObject({
      counts: { rows: 7, predicted: 2, rejected: 5 },
    });
    expect(await outputs('predictions/flowers.ndjson.predictions.ndjson')).toMatchObject([
      { line: 1 },
      { line: 7 },
    ]);
    expect(await outputs('predictions/flowers.ndjson.rejected.ndjson')).toEqual([
      { line: 2, errors: [{ pointer: '', detail: 'is not valid JSON' }] },
      {
        line: 3,
        errors: expect.arrayContaining([
          { pointer: '/extra', detail: 'is not a known field' },
          { pointer: '/sepal_width', detail: 'must be a finite number' },
        ]),
      },
      { line: 4, errors: [{ pointer: '/petal_width', detail: 'must not be negative' }] },
      { line: 5, errors: [expect.objectContaining({ pointer: '' })] },
      { line: 6, errors: [{ pointer: '', detail: 'is longer than 65536 characters' }] },
    ]);
  });

  it('takes a CSV row that is broken for one bad row', async () => {
    await s3.put(
      CSV,
      `${HEADER}${SETOSA_CSV}5.1,"3.5,1.4,0.2\n5.1,3.5\n,3.5,1.4,1e999\n${SETOSA_CSV}`,
    );
    await predict(CSV);
    expect(await outputs('predictions/flowers.csv.predictions.ndjson')).toMatchObject([
      { line: 2 },
      { line: 6 },
    ]);
    expect(await outputs('predictions/flowers.csv.rejected.ndjson')).toMatchObject([
      { line: 3, errors: [{ detail: 'has a stray quote' }] },
      { line: 4, errors: [{ detail: 'has 2 fields, the header has 4' }] },
      {
        line: 5,
        errors: [
          { pointer: '/sepal_length', detail: 'must be a finite number' },
          { pointer: '/petal_width', detail: 'must be a finite number' },
        ],
      },
    ]);
  });

  it('says of an object without the right header why it made nothing of it', async () => {
    await s3.put(CSV, 'sepal_length,sepal_width,petal_length\n1,2,3\n');
    const reason = 'the header lacks the column petal_width';
    expect(await predict(CSV)).toMatchObject({ status: 'unreadable', reason });
    expect(await s3.keys()).toEqual([CSV, 'predictions/flowers.csv.manifest.json']);
  });

  it('makes empty outputs of an empty object', async () => {
    await s3.put(NDJSON, '');
    expect(await predict(NDJSON)).toMatchObject({ status: 'complete', counts: { rows: 0 } });
  });

  it('does nothing the second time, and all of it again for another model', async () => {
    await s3.put(NDJSON, JSON.stringify(SETOSA));
    const first = await predict(NDJSON);
    const writes = s3.requests('PUT');
    expect(await predict(NDJSON)).toEqual(first);
    expect(s3.requests('PUT')).toBe(writes);

    const job = { bucket: s3.bucket, key: NDJSON };
    const another = { ...model, version: 'another' };
    const { signal } = new AbortController();
    expect(await predictObject(s3.client, job, another, signal)).toMatchObject({
      model_version: 'another',
    });
    expect(s3.requests('PUT')).toBeGreaterThan(writes);
  });

  it('writes the same bytes when it must do it again', async () => {
    await s3.put(NDJSON, `${JSON.stringify(SETOSA)}\nbad\n`);
    const first = await predict(NDJSON);
    await s3.remove('predictions/flowers.ndjson.manifest.json');
    expect(await predict(NDJSON)).toEqual(first);
    expect(s3.requests('PUT')).toBeGreaterThan(6);
  });

  it('leaves alone what is no input, its own output above all', async () => {
    for (const key of [
      'predictions/flowers.ndjson.predictions.ndjson',
      'incoming/notes.txt',
      'flowers.csv',
    ]) {
      await s3.put(key, JSON.stringify(SETOSA));
      expect(await predict(key)).toMatchObject({ status: 'ignored' });
    }
    expect(await s3.keys()).toHaveLength(3);
  });

  it('leaves an object to the event of its newer version', async () => {
    await s3.put(NDJSON, JSON.stringify(SETOSA));
    expect(await predict(NDJSON, { etag: '0123456789abcdef0123456789abcdef' })).toMatchObject({
      status: 'superseded',
    });
    expect(await predict('incoming/gone.csv')).toMatchObject({ status: 'superseded' });
    expect(await s3.keys()).toEqual([NDJSON]);
  });

  it.each([
    ['a part of the predictions', '.predictions.ndjson', '2'],
    ['the last part of the predictions', '.predictions.ndjson', '3'],
  ])('leaves nothing when %s cannot be written', async (_, suffix, part) => {
    await s3.put(NDJSON, manyRows(120_000));
    s3.refuse(({ method, key, partNumber }) =>
      Boolean(method === 'PUT' && key.endsWith(suffix) && partNumber === part),
    );
    await expect(predict(NDJSON)).rejects.toThrow();
    expect(await s3.keys()).toEqual([NDJSON]);
    expect(s3.openUploads()).toBe(0);
  });

  it('writes no manifest when the bad rows cannot be written, and ends well when asked again', async () => {
    await s3.put(NDJSON, `${JSON.stringify(SETOSA)}\nbad\n`);
    s3.refuse(({ method, key }) => method === 'PUT' && key.endsWith('.rejected.ndjson'));
    await expect(predict(NDJSON)).rejects.toThrow();
    expect(await s3.keys()).not.toContain('predictions/flowers.ndjson.manifest.json');
    s3.refuse(() => false);
    expect(await predict(NDJSON)).toMatchObject({ counts: { predicted: 1, rejected: 1 } });
  });

  it('leaves nothing when its time is up', async () => {
    await s3.put(NDJSON, manyRows(200_000));
    const controller = new AbortController();
    const result = predict(NDJSON, { signal: controller.signal });
    s3.refuse(({ partNumber }) => {
      if (partNumber === '2') controller.abort(new Error('time is up'));
      return false;
    });
    await expect(result).rejects.toThrow('time is up');
    expect(await s3.keys()).toEqual([NDJSON]);
    expect(s3.openUploads()).toBe(0);
  });
});
