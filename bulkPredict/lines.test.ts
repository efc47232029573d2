import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Line, readLines } from './lines.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

async function linesOf(
  text: string,
  sizes: readonly number[] = [],
  maxLength = 20,
): Promise<Line[]> {
  const chunks = cut(new TextEncoder().encode(text), sizes);
  const lines: Line[] = [];
  for await (const some of readLines(chunks, maxLength)) lines.push(...some);
  return lines;
}

it('numbers lines, whatever ends them, and the last one without an end', async () => {
  expect(await linesOf('a\r\nb\n\nc')).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: 'b' },
    { number: 3, text: '' },
    { number: 4, text: 'c' },
  ]);
  expect(await linesOf('')).toEqual([]);
});

it('keeps the number alone of a line that is too long, and goes on after it', async () => {
  const text = `a\n${'long'.repeat(1000)}\nb`;
  const wanted = [
    { number: 1, text: 'a' },
    { number: 2, text: undefined },
    { number: 3, text: 'b' },
  ];
  expect(await linesOf(text)).toEqual(wanted);
  expect(await linesOf(text, Array(500).fill(7))).toEqual(wanted);
  expect(await linesOf('long'.repeat(1000), [30])).toEqual([{ number: 1, text: undefined }]);
});

it('gives the same lines however the bytes arrive, also in the middle of a character', async () => {
  const texts = fc
    .array(fc.string({ unit: 'grapheme', maxLength: 30 }))
    .map((lines) => lines.join('\n'));
  const sizes = fc.array(fc.nat({ max: 9 }), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(texts, sizes, async (text, cuts) => {
      expect(await linesOf(text, cuts)).toEqual(await linesOf(text));
    }),
  );
});
