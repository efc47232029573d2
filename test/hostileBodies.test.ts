import { afterAll, describe, expect, it } from 'vitest';
import { MAX_REFUSAL_BYTES } from '../lib/inputErrors.ts';
import { startEmulator } from './emulator.ts';

/** As many bytes as a batch may have, less a little for what stands around them. */
const SIZE = 4 * 1024 * 1024 - 100;

const row = '"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2';
const columns = '["sepal_length","sepal_width","petal_length","petal_width"]';

const emulator = await startEmulator();
afterAll(() => emulator.stop());

/** A text over and over, as often as it fits. */
function filled(text: string, size = SIZE): string {
  return text.repeat(Math.floor(size / Buffer.byteLength(text)));
}

// Steps that grow with the square of the size would take hours, and the time limit is seconds.
describe('the largest body', () => {
  it.each([
    ['escaped quotes', filled('\\"')],
    ['an unfinished string of them', `"${filled('\\"')}`],
    ['quotes', filled('"')],
    ['an unfinished string', `"${filled('a')}`],
    ['backslashes', filled('\\')],
    ['minus signs', filled('-')],
    ['numbers that JSON lacks', filled('NaN')],
    ['those, in an unfinished list', `[${filled('-Infinity,')}`],
    ['line breaks', filled('\n')],
  ])('is refused as malformed when it is %s', async (_what, body) => {
    expect((await emulator.post('/predict/batch', body)).status).toBe(400);
  });

  it.each([
    ['one field of it', `{"${filled('a')}":1}`, '/instances'],
    ['one field of it in a row', `{"instances":[{${row},"${filled('a')}":1}]}`, '/instances/0/'],
    ['a name of NULs', `{"instances":[{"${filled('\\u0000')}":1}]}`, '/instances/0/'],
    ['a name of quotes', `{"instances":[{"${filled('\\"')}":1}]}`, '/instances/0/'],
    ['a name of halves', `{"instances":[{"${filled('\\ud800')}":1}]}`, '/instances/0/'],
    [
      'a thousand fields',
      `{"instances":[{${Array.from({ length: 1000 }, (_, i) => `"${i}${filled('\\u0001', 4000)}":1`)}}]}`,
      '/instances/0/',
    ],
    [
      'a hundred rows of ten',
      `{"instances":[${Array(100).fill(`{${Array.from({ length: 10 }, (_, i) => `"${i}${filled('~/', 4000)}":1`)}}`)}]}`,
      '/instances/71/',
    ],
    ['rows without a field', `{"instances":[${Array(10_000).fill('{}')}]}`, '/instances/99/'],
    ['columns', `{"columns":[${filled('1,')}1],"data":[[1]]}`, '/columns/'],
    ['a cell', `{"columns":${columns},"data":[[1,2,3,"${filled('a')}"]]}`, '/data/0'],
    ['cells', `{"columns":${columns},"data":[[${filled('-1,')}1]]}`, '/data/0'],
  ])('is refused in few words when it is %s', async (_what, body, place) => {
    const response = await emulator.post('/predict/batch', body);
    const text = await response.text();
    expect(response.status).toBe(422);
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(MAX_REFUSAL_BYTES);
    const { detail, errors } = JSON.parse(text) as {
      detail: string;
      errors: { pointer: string; detail: string }[];
    };
    expect(detail.length).toBeLessThan(1000);
    expect(errors.some(({ pointer }) => pointer.startsWith(place))).toBe(true);
  });

  it('says of a long name how it begins, and what is wrong with it', async () => {
    const response = await emulator.post(
      '/predict/batch',
      `{"instances":[{"colour${filled('s')}":1}]}`,
    );
    const { detail, errors } = (await response.json()) as {
      detail: string;
      errors: { pointer: string; detail: string }[];
    };
    const unknown = errors.find((error) => error.detail === 'is not a known field');
    expect(unknown?.pointer).toMatch(/^\/instances\/0\/coloursss+…$/);
    expect(detail).toMatch(/ is missing, and 4 more\.$/);
  });
});
