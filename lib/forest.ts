/** A random forest ready to evaluate: the votes of its trees, and the class that wins. */
import { type ForestTable, treeCount } from './forestTable.ts';
import { countLeafBits, type LeafBits, prepareLeafBits } from './leafBits.ts';
import { countByWalking, firstToReach, prepareTreeWalk, type TreeWalk } from './treeWalk.ts';

/** Lines of bits take no more than 4 MiB: more would take a cold start too long to make. */
const MAX_LEAF_BITS_BYTES = 4 * 1024 * 1024;

/** A forest, and what its evaluation is done with. It has working memory: use it in one thread. */
export interface Forest {
  readonly trees: number;
  readonly featureCount: number;
  readonly classCount: number;
  /** Not for a large forest. */
  readonly leafBits: LeafBits | undefined;
  /** Made when first asked for: a large forest walks, a small one only where votes tie. */
  walk(): TreeWalk;
}

/** Makes a forest ready. */
export function prepareForest(table: ForestTable): Forest {
  const { featureCount, classCount } = table;
  let walk: TreeWalk | undefined;
  return {
    trees: treeCount(table),
    featureCount,
    classCount,
    leafBits: prepareLeafBits(table, MAX_LEAF_BITS_BYTES),
    walk: () => (walk ??= prepareTreeWalk(table)),
  };
}

/**
 * Counts the trees' votes.
 *
 * @param rows feature values, row after row
 * @returns one count a class, row after row; the counts of a row add up to the number of trees
 */
export function countVotes(forest: Forest, rows: Float64Array): Uint16Array {
  const { featureCount, classCount, leafBits } = forest;
  const count = rows.length / featureCount;
  const votes = new Uint16Array(count * classCount);
  if (leafBits) {
    for (let row = 0; row < count; row += 1) countLeafBits(leafBits, rows, row, votes);
  } else {
    const walk = forest.walk();
    for (let row = 0; row < count; row += 1) countByWalking(walk, rows, row, votes);
  }
  return votes;
}

/**
 * Picks the class with most votes in each row. Of equals the one wins that first had so many when
 * the trees vote in order, as in ml-random-forest.
 *
 * @param votes what `countVotes` gave for the same rows
 */
export function winners(forest: Forest, rows: Float64Array, votes: Uint16Array): Uint8Array {
  const { classCount } = forest;
  const classes = new Uint8Array(votes.length / classCount);
  for (let row = 0; row < classes.length; row += 1) {
    const start = row * classCount;
    let winner = 0;
    let top = votes[start] as number;
    let tied = false;
    for (let index = 1; index < classCount; index += 1) {
      const count = votes[start + index] as number;
      if (count > top) {
        winner = index;
        top = count;
        tied = false;
      } else if (count === top) tied = true;
    }
    classes[row] = tied ? firstToReach(forest.walk(), rows, row, top) : winner;
  }
  return classes;
}
