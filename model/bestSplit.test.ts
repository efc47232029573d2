import fc from 'fast-check';
import { DecisionTreeClassifier } from 'ml-cart';
import { Matrix } from 'ml-matrix';
import { expect, it } from 'vitest';
import { bestSplit } from './bestSplit.ts';

/** A node of ml-cart, as it comes. */
const tree = new DecisionTreeClassifier();
tree.train([[0], [1]], [0, 1]);
const node = tree.root;

/** Tables with many equal values, few labels, and rows of the same values and other labels. */
const tables = fc
  .record({ rows: fc.integer({ min: 1, max: 60 }), columns: fc.integer({ min: 1, max: 4 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      values: fc.array(
        fc.array(
          fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 5, noNaN: true })),
          {
            minLength: rows,
            maxLength: rows,
          },
        ),
        { minLength: columns, maxLength: columns },
      ),
      labels: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: rows, maxLength: rows }),
    }),
  );

it('finds what ml-cart finds, to the last digit', () => {
  fc.assert(
    fc.property(tables, ({ values, labels }) => {
      const columns = new Matrix(values);
      expect(bestSplit(columns, labels)).toEqual(node.bestSplit(columns, labels));
    }),
    { numRuns: 1000 },
  );
});

it('finds what ml-cart finds among more rows, but for the error of its additions', () => {
  const labels = Array.from({ length: 700 }, (_, row) => (row * 7919) % 3);
  const values = labels.map((label, row) => label + ((row * 104729) % 1000) / 400);
  const columns = new Matrix([values, values.toReversed()]);
  const found = bestSplit(columns, labels);
  const theirs = node.bestSplit(columns, labels);
  expect({ ...found, maxGain: 0 }).toEqual({ ...theirs, maxGain: 0 });
  expect(found.maxGain).toBeCloseTo(theirs.maxGain, 12);
});
