/** Isolation forest, to compare the out-of-distribution check with. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Row } from './dataset.ts';

const TREES = 100;
const SAMPLE_SIZE = 256;
const EULER = 0.5772156649015329;

type Tree = { readonly size: number } | Split;

interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly left: Tree;
  readonly right: Tree;
}

/**
 * Grows an isolation forest (F. T. Liu, K. M. Ting and Z.-H. Zhou, ICDM 2008) and gives its score:
 * near 1 for a row that few random splits cut off from all others, below 0.5 for a common one.
 */
export function isolationScore(rows: readonly Row[], seed: number): (row: Row) => number {
  const generator = xoroshiro128plus(seed);
  const size = Math.min(SAMPLE_SIZE, rows.length);
  const trees = Array.from({ length: TREES }, () =>
    grow(sample(rows, size, generator), Math.ceil(Math.log2(size)), generator),
  );
  const expected = meanPath(size);
  return (row) => {
    const path = trees.reduce((sum, tree) => sum + pathLength(tree, row), 0) / TREES;
    return 2 ** (-path / expected);
  };
}

function grow(rows: readonly Row[], depth: number, generator: RandomGenerator): Tree {
  const feature = uniformInt(generator, 0, (rows[0]?.length ?? 1) - 1);
  const values = rows.map((row) => row[feature] as number).sort((a, b) => a - b);
  const min = values[0] as number;
  const max = values.at(-1) as number;
  if (depth === 0 || rows.length <= 1 || min === max) return { size: rows.length };
  const threshold = min + uniformFloat64(generator) * (max - min);
  const isLeft = (row: Row): boolean => (row[feature] as number) < threshold;
  return {
    feature,
    threshold,
    left: grow(rows.filter(isLeft), depth - 1, generator),
    right: grow(
      rows.filter((row) => !isLeft(row)),
      depth - 1,
      generator,
    ),
  };
}

function pathLength(tree: Tree, row: Row): number {
  if ('size' in tree) return meanPath(tree.size);
  const side = (row[tree.feature] as number) < tree.threshold ? tree.left : tree.right;
  return 1 + pathLength(side, row);
}

/** Mean path of an unsuccessful search in a binary search tree of that many rows. */
function meanPath(size: number): number {
  if (size <= 1) return 0;
  return 2 * (Math.log(size - 1) + EULER) - (2 * (size - 1)) / size;
}

/** Rows drawn without replacement. */
function sample(rows: readonly Row[], size: number, generator: RandomGenerator): Row[] {
  const drawn = [...rows];
  for (let i = 0; i < size; i += 1) {
    const j = uniformInt(generator, i, drawn.length - 1);
    [drawn[i], drawn[j]] = [drawn[j] as Row, drawn[i] as Row];
  }
  return drawn.slice(0, size);
}
