import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { countVotes, prepareForest, winners } from '../lib/forest.ts';
import type { ForestTable } from '../lib/forestTable.ts';
import { createRandom } from '../tools/load/random.ts';
import { bestSplit } from './bestSplit.ts';
import { growForests } from './growForests.ts';
import { forestBounds, forestTable, trainForest } from './trainForest.ts';

interface Table {
  readonly rows: number[][];
  readonly labels: number[];
}

/** Rows of classes that overlap: four normal values around the class's own means. */
function aTable(count: number, classCount: number, spread: number, seed: number): Table {
  const random = createRandom(seed);
  const means = createRandom(1);
  const centres = Array.from({ length: classCount }, () =>
    Array.from({ length: 4 }, () => means.uniform() * spread),
  );
  const labels = Array.from({ length: count }, (_, row) => row % classCount);
  const rows = labels.map((label) =>
    (centres[label] as number[]).map((mean) => mean + random.normal()),
  );
  return { rows, labels };
}

function accuracy(table: ForestTable, { rows, labels }: Table): number {
  const forest = prepareForest(table);
  const flat = Float64Array.from(rows.flat());
  const found = winners(forest, flat, countVotes(forest, flat));
  return labels.filter((label, row) => found[row] === label).length / labels.length;
}

/** Splits on the longest way from a root to a leaf. */
function depthOf({ nodes }: ForestTable): number {
  let at = 0;
  const depth = (): number => {
    const isSplit = (nodes[at++] as number) >= 0;
    return isSplit ? 1 + Math.max(depth(), depth()) : 0;
  };
  let deepest = 0;
  while (at < nodes.length) deepest = Math.max(deepest, depth());
  return deepest;
}

describe('a table of 20,000 rows', () => {
  const table = aTable(20_000, 3, 3, 2);
  const unseen = aTable(5000, 3, 3, 3);
  const options = { trees: 8, seed: 5 };

  it('gives the same forest in one thread and in two, within its bounds', async () => {
    const order = { ...table, classCount: 3, options: { ...options, trees: 2 } };
    let trees = 0;
    const onTree = () => {
      trees += 1;
    };
    const [one] = await growForests([order], { threads: 1 });
    const two = await growForests([order, order], { threads: 2, onTree });
    expect(two).toEqual([one, one]);
    expect(trees).toBe(2 * order.options.trees);
    expect(depthOf(one as ForestTable)).toBeLessThanOrEqual(forestBounds.depth);
  });

  it('gives a forest that is no worse by a point than one grown on every row', () => {
    const bounded = forestTable(trainForest(table.rows, table.labels, options), 4, 3);
    const full = forestTable(
      trainForest(table.rows, table.labels, options, () => {}, {
        ...forestBounds,
        rowsPerTree: 20_000,
        depth: 1000,
      }),
      4,
      3,
    );
    expect(accuracy(bounded, unseen)).toBeGreaterThan(accuracy(full, unseen) - 0.01);
  });
});

it('tells 256 classes apart', () => {
  const table = aTable(2560, 256, 60, 2);
  const forest = trainForest(table.rows, table.labels, { trees: 20, seed: 5 });
  expect(accuracy(forestTable(forest, 4, 256), aTable(2560, 256, 60, 3))).toBeGreaterThan(0.6);
});

it.each([100, 2000])('tells of each tree that has grown from %i rows', (count) => {
  const { rows, labels } = aTable(count, 3, 3, 2);
  let grown = 0;
  trainForest(rows, labels, { trees: 5, seed: 5 }, () => {
    grown += 1;
  });
  expect(grown).toBe(5);
});

it('takes about twice the steps for a split of twice the rows', () => {
  const steps = (count: number): number => {
    const { rows, labels } = aTable(count, 3, 3, 2);
    const columns = new Matrix(rows).transpose();
    let read = 0;
    const counted = (column: number) =>
      new Proxy(columns.getRow(column), {
        get(target, name, receiver) {
          read += 1;
          return Reflect.get(target, name, receiver);
        },
      });
    bestSplit({ rows: columns.rows, getRow: counted }, labels);
    return read;
  };
  expect(steps(8000) / steps(4000)).toBeLessThan(2.5);
});
