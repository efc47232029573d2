/** Trains a random forest with ml-random-forest and takes its trees out. */
import { DecisionTreeClassifier } from 'ml-cart';
import type { Matrix } from 'ml-matrix';
import { RandomForestClassifier } from 'ml-random-forest';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { ForestTable } from '../lib/forestTable.ts';
import { bestSplit } from './bestSplit.ts';
import type { Row } from './dataset.ts';
import { pick } from './folds.ts';

/** Bounds of what a forest is grown from and to, so that neither training nor a cold start has none. */
export const forestBounds = {
  /** Rows up to which the forest is grown in one go, each tree on as many rows as there are. */
  rowsAtOnce: 1000,
  /** Rows that a tree is grown from at most, drawn anew for each (Breiman, "Pasting Small Votes", 1999). */
  rowsPerTree: 5000,
  /** Splits from the root to a leaf, at most: no tree has more than 4,096 leaves. */
  depth: 12,
} as const;

/**
 * Least lessening of the impurity that is worth a split: ml-cart's default, but for many classes, of
 * which one split can tell apart so little.
 */
const LEAST_GAIN = 0.01;
/** Share of the most that a split can gain, which is 1 / classes. */
const LEAST_GAIN_SHARE = 0.1;

/** What a forest is grown from. */
export interface ForestOptions {
  readonly trees: number;
  readonly seed: number;
}

/** A node as ml-cart keeps it: without children it is a leaf, and `distribution` its class shares. */
interface CartNode {
  readonly left?: CartNode;
  readonly right?: CartNode;
  readonly splitColumn: number;
  readonly splitValue: number;
  readonly distribution: Matrix;
}

/** A tree with all that matters to its answer: a leaf is its class. */
type Tree = number | Split;

interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly left: Tree;
  readonly right: Tree;
}

/**
 * Trains a forest: each tree on a bootstrap sample of the rows (Breiman 1996) and on half of the
 * features (T. K. Ho, "The Random Subspace Method for Constructing Decision Forests", 1998), within
 * `forestBounds`.
 *
 * @param onTrees told of trees that are grown
 */
export function trainForest(
  rows: readonly Row[],
  labels: readonly number[],
  { trees, seed }: ForestOptions,
  onTrees: (count: number) => void = () => {},
): RandomForestClassifier {
  if (rows.length <= forestBounds.rowsAtOnce) {
    const forest = grow(rows, labels, trees, seed);
    onTrees(trees);
    return forest;
  }
  const generator = xoroshiro128plus(seed);
  const grown = Array.from({ length: trees }, () => {
    const drawn = sampleOf(rows.length, forestBounds.rowsPerTree, generator);
    const seedOfTree = uniformInt(generator, 0, 2 ** 31 - 1);
    const forest = grow(pick(rows, drawn), pick(labels, drawn), 1, seedOfTree);
    onTrees(1);
    return forest;
  });
  const [forest = grow([], [], 0, seed)] = grown;
  return Object.assign(forest, {
    nEstimators: trees,
    estimators: grown.flatMap(({ estimators }) => estimators ?? []),
    indexes: grown.flatMap(({ indexes }) => indexes ?? []),
  });
}

function grow(
  rows: readonly Row[],
  labels: readonly number[],
  trees: number,
  seed: number,
): RandomForestClassifier {
  searchFast();
  const featureCount = rows[0]?.length ?? 0;
  const classCount = new Set(labels).size;
  const forest = new RandomForestClassifier({
    nEstimators: trees,
    seed,
    // A share: as a number of features, 1 would mean all. Half a feature more than half rounds up.
    maxFeatures: Math.min(1, (Math.ceil(featureCount / 2) + 0.5) / featureCount),
    replacement: false,
    // Said in full: the declared default (off) and the default in code (on) differ.
    useSampleBagging: true,
    noOOB: true,
    treeOptions: {
      maxDepth: forestBounds.depth,
      gainThreshold: Math.min(LEAST_GAIN, LEAST_GAIN_SHARE / classCount),
    },
  });
  forest.train(
    rows.map((row) => [...row]),
    [...labels],
  );
  return forest;
}

/** Gives ml-cart, whose nodes it does not export, a faster search for the same splits. */
function searchFast(): void {
  const tree = new DecisionTreeClassifier();
  tree.train([[0], [1]], [0, 1]);
  Object.getPrototypeOf(tree.root).bestSplit = bestSplit;
}

/** Indexes of rows drawn without replacement: so many, or all; in ascending order. */
function sampleOf(rows: number, most: number, generator: RandomGenerator): number[] {
  const all = Array.from({ length: rows }, (_, index) => index);
  if (rows <= most) return all;
  for (let i = 0; i < most; i += 1) {
    const j = uniformInt(generator, i, rows - 1);
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all.slice(0, most).sort((a, b) => a - b);
}

/** The trees of a trained forest, to the same votes. */
export function forestTable(
  forest: RandomForestClassifier,
  featureCount: number,
  classCount: number,
): ForestTable {
  const trees = (forest.estimators ?? []).map((estimator, tree) => {
    const columns = forest.indexes?.[tree] ?? [];
    return readTree((estimator as unknown as { root: CartNode }).root, columns);
  });
  const found = Array.from({ length: featureCount }, () => new Set<number>());
  for (const tree of trees) visit(tree, (split) => found[split.feature]?.add(split.threshold));
  const starts = [0];
  const thresholds: number[] = [];
  const indexes = found.map((values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const start = thresholds.length;
    thresholds.push(...sorted);
    starts.push(thresholds.length);
    return new Map(sorted.map((value, index) => [value, start + index]));
  });
  const nodes: number[] = [];
  for (const tree of trees) {
    visit(
      tree,
      (split) => nodes.push(indexes[split.feature]?.get(split.threshold) as number),
      (index) => nodes.push(~index),
    );
  }
  return {
    featureCount,
    classCount,
    thresholds: Float64Array.from(thresholds),
    starts: Int32Array.from(starts),
    nodes: Int32Array.from(nodes),
  };
}

/**
 * Reads a tree. `columns` are the features that it was trained on, in its own order. A split whose
 * sides agree is left out: CART makes such splits where only the shares of the classes differ.
 */
function readTree(node: CartNode, columns: readonly number[]): Tree {
  if (!node.left || !node.right) return node.distribution.maxRowIndex(0)[1] as number;
  const left = readTree(node.left, columns);
  const right = readTree(node.right, columns);
  if (typeof left === 'number' && left === right) return left;
  return {
    feature: columns[node.splitColumn] as number,
    threshold: node.splitValue,
    left,
    right,
  };
}

/** Calls back for every node, parents before children and left before right. */
function visit(
  tree: Tree,
  onSplit: (split: Split) => void,
  onLeaf: (index: number) => void = () => {},
): void {
  if (typeof tree === 'number') {
    onLeaf(tree);
    return;
  }
  onSplit(tree);
  visit(tree.left, onSplit, onLeaf);
  visit(tree.right, onSplit, onLeaf);
}
