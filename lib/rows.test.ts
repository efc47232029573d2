import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_REFUSAL_BYTES } from './inputErrors.ts';
import { HttpProblem } from './problem.ts';
import { batchRows, instanceRow } from './rows.ts';
import { model } from './servedModel.ts';

const names = model.features.map(({ name }) => name);

/** A row that is valid: one length, from 0 up, a feature. */
const goodRow = fc.array(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), {
  minLength: names.length,
  maxLength: names.length,
});

/** What makes a number no length. */
const badValue = fc.oneof(
  fc.double({ max: -Number.MIN_VALUE, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, null, '1', true, [1], {}),
);

function asInstance(row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name, index) => [name, row[index]]));
}

/** How something is refused. */
function problemOf(read: () => unknown): HttpProblem {
  try {
    read();
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** The pointers of a refusal. */
function pointers(read: () => unknown): string[] {
  return (problemOf(read).errors ?? []).map(({ pointer }) => pointer);
}

describe('instanceRow', () => {
  it('gives the values in the order of the features, whatever the order of the fields', () => {
    fc.assert(
      fc.property(
        goodRow,
        fc.shuffledSubarray(names, { minLength: names.length }),
        (row, order) => {
          const instance = asInstance(row);
          const shuffled = Object.fromEntries(order.map((name) => [name, instance[name]]));
          expect([...instanceRow(shuffled, model)]).toEqual(row);
        },
      ),
    );
  });

  it('names each field that is not a length', () => {
    fc.assert(
      fc.property(goodRow, fc.nat(names.length - 1), badValue, (row, at, bad) => {
        expect(pointers(() => instanceRow(asInstance(row.with(at, bad as number)), model))).toEqual(
          [`/${names[at]}`],
        );
      }),
    );
  });
});

describe('batchRows', () => {
  it('reads the same numbers from either form', () => {
    fc.assert(
      fc.property(
        fc.array(goodRow, { minLength: 1, maxLength: 50 }),
        fc.shuffledSubarray(names, { minLength: names.length }),
        (rows, columns) => {
          const data = rows.map((row) => columns.map((name) => row[names.indexOf(name)]));
          const byColumn = batchRows({ columns, data }, model);
          const byName = batchRows({ instances: rows.map(asInstance) }, model);
          expect([...byColumn]).toEqual(rows.flat());
          expect(byName).toEqual(byColumn);
        },
      ),
    );
  });

  it('names exactly the bad rows, in either form', () => {
    const cell = fc.record({ at: fc.nat(names.length - 1), bad: fc.option(badValue) });
    fc.assert(
      fc.property(fc.array(fc.tuple(goodRow, cell), { minLength: 1, maxLength: 50 }), (cells) => {
        const rows = cells.map(([row, { at, bad }]) =>
          bad === null ? row : row.with(at, bad as number),
        );
        const wrong = cells.flatMap(([, { at, bad }], index) =>
          bad === null ? [] : [{ at, index }],
        );
        fc.pre(wrong.length > 0);
        expect(pointers(() => batchRows({ instances: rows.map(asInstance) }, model))).toEqual(
          wrong.map(({ at, index }) => `/instances/${index}/${names[at]}`),
        );
        expect(pointers(() => batchRows({ columns: names, data: rows }, model))).toEqual(
          wrong.map(({ at, index }) => `/data/${index}/${at}`),
        );
      }),
    );
  });
});

describe('a refusal', () => {
  /** Names up to so long, of characters that grow in JSON, in a pointer and in UTF-8. */
  const name = (most: number) =>
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(
          fc.constantFrom('a', '"', '\\', '\0', '\ud800', '~', '/', '€', '😀'),
          fc.nat({ max: most }),
        )
        .map(([unit, length]) => unit.repeat(length)),
    );
  const row = (most: number) =>
    fc.oneof(fc.dictionary(name(most), fc.constantFrom(1, null)), badValue);
  const count = fc.constantFrom(1, 100, 10_000);
  // Of many bad rows the first hundred are named: together they are as long as a body may be.
  const rows = fc.tuple(row(40_000), count).map(([one, times]) => Array(times).fill(one));
  const batch = fc.oneof(
    row(400_000),
    rows.map((instances) => ({ instances })),
    fc.record({ columns: fc.array(name(40_000)), data: rows }),
    rows.map((data) => ({ columns: names, data })),
  );

  it.each([
    ['a row', instanceRow, row(400_000)],
    ['a batch', batchRows, batch],
  ])('of %s is never larger than what Lambda returns', (_what, read, body) => {
    fc.assert(
      fc.property(body, (input) => {
        const problem = problemOf(() => read(input, model));
        const answer = JSON.stringify(problem.toBody(crypto.randomUUID()));
        expect(Buffer.byteLength(answer)).toBeLessThan(MAX_REFUSAL_BYTES);
      }),
    );
  });
});
