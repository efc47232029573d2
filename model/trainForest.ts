/** Trains a random forest with ml-random-forest and takes its trees out. */
import { DecisionTreeClassifier } from 'ml-cart';
import type { Matrix } from 'ml-matrix';
import { RandomForestClassifier } from 'ml-random-forest';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ForestTable } from '../lib/forestTable.ts';
import { bestSplit } from './bestSplit.ts';
import type { Row } from './dataset.ts';
import { drawRows, pick } from './folds.ts';

/** Bounds of what a forest is grown from and to, so that neither training nor a cold start has none. */
export interface ForestBounds {
  /** Rows up to which a table is small: each tree is grown on as many rows as there are. */
  readonly smallTable: number;
  /** Rows that a tree of a larger one is grown on, drawn anew for each (Breiman, "Pasting Small Votes", 1999). */
  readonly rowsPerTree: number;
  /** Splits from the root to a leaf, at most. */
  readonly depth: number;
}

/** Those of every model: no tree has more than 4,096 leaves. */
export const forestBounds: ForestBounds = { smallTable: 1000, rowsPerTree: 5000, depth: 12 };

/** Least lessening of the impurity that is worth a split; in a large table also a small one is no accident. */
const LEAST_GAIN = 0.0001;

/** The same in a small table: ml-cart's default, but for many classes, as no split gains more than 1 / classes. */
const leastGainOfFew = (classes: number): number => Math.min(0.01, 0.1 / classes);

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
 * bounds.
 *
 * @param onTree told of each tree that has grown
 */
export function trainForest(
  rows: readonly Row[],
  labels: readonly number[],
  { trees, seed }: ForestOptions,
  onTree: () => void = () => {},
  bounds = forestBounds,
): RandomForestClassifier {
  if (rows.length <= bounds.smallTable) return grow(rows, labels, { trees, seed }, onTree, bounds);
  const generator = xoroshiro128plus(seed);
  const seeds = Array.from({ length: trees }, () => uniformInt(generator, 0, 2 ** 31 - 1));
  const grown = seeds.map((seedOfTree) => {
    const drawn = drawRows(rows.length, bounds.rowsPerTree, generator);
    const one = { trees: 1, seed: seedOfTree };
    return grow(pick(rows, drawn), pick(labels, drawn), one, onTree, bounds);
  });
  return Object.assign(new RandomForestClassifier({ nEstimators: trees, seed }), {
    estimators: grown.flatMap(({ estimators }) => estimators ?? []),
    indexes: grown.flatMap(({ indexes }) => indexes ?? []),
  });
}

function grow(
  rows: readonly Row[],
  labels: readonly number[],
  { trees, seed }: ForestOptions,
  onTree: () => void,
  { smallTable, depth }: ForestBounds,
): RandomForestClassifier {
  searchFast();
  let begun = 0;
  const featureCount = rows[0]?.length ?? 0;
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
      // Read as each tree is begun, which is all that is heard of a forest before it has grown.
      get maxDepth() {
        if (begun > 0) onTree();
        begun += 1;
        return depth;
      },
      gainThreshold: rows.length > smallTable ? LEAST_GAIN : leastGainOfFew(new Set(labels).size),
    },
  });
  forest.train(
    rows.map((row) => [...row]),
    [...labels],
  );
  onTree();
  return forest;
}

/** Gives ml-cart, whose nodes it does not export, a faster search for the same splits. */
function searchFast(): void {
  const tree = new DecisionTreeClassifier();
  tree.train([[0], [1]], [0, 1]);
  Object.getPrototypeOf(tree.root).bestSplit = bestSplit;
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
