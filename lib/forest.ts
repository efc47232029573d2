/** A random forest ready to evaluate: the votes of its trees, and the class that wins. */
import type { ForestTable } from './forestTable.ts';
import {
  compileQuickScorer,
  countRowVotes,
  firstToReach,
  type QuickScorer,
} from './quickScorer.ts';
import { countLaneVotes, createRowLanes, LANES, type RowLanes } from './rowLanes.ts';

/** With fewer rows, one at a time is faster than 32 at once (`npm run bench`). */
const LEAST_FOR_LANES = 10;

/** A forest in the forms that are fast for few rows and for many. */
export interface Forest {
  readonly trees: number;
  readonly featureCount: number;
  readonly classCount: number;
  readonly scorer: QuickScorer;
  readonly lanes: RowLanes;
}

/** Makes a forest ready. It holds working memory: use it from one thread. */
export function compileForest(table: ForestTable): Forest {
  const { featureCount, classCount } = table;
  const scorer = compileQuickScorer(table);
  const trees = scorer.firstWords.length;
  const lanes = createRowLanes(table, trees, longestPath(table));
  return { trees, featureCount, classCount, scorer, lanes };
}

/** Splits on the longest path from a root to a leaf. */
function longestPath({ nodes }: ForestTable): number {
  // Right subtrees still to come: no fewer than the splits above a node on whose left it lies.
  let open = 0;
  let most = 0;
  for (const node of nodes) {
    if (node >= 0) open += 1;
    else if (open > 0) open -= 1;
    most = Math.max(most, open);
  }
  return most;
}

/**
 * Counts the trees' votes.
 *
 * @param rows feature values, row after row
 * @returns one count a class, row after row; a row's sum is the number of trees
 */
export function countVotes(forest: Forest, rows: Float64Array): Uint16Array {
  const { featureCount, classCount, scorer, lanes } = forest;
  const count = rows.length / featureCount;
  const votes = new Uint16Array(count * classCount);
  let row = 0;
  for (; count - row >= LEAST_FOR_LANES; row += LANES) {
    countLaneVotes(lanes, rows, row, Math.min(LANES, count - row), votes);
  }
  for (; row < count; row += 1) countRowVotes(scorer, rows, row, votes);
  return votes;
}

/**
 * Picks the class with most votes in each row. Of equals the one wins that first had so many when
 * the trees vote in order, as in ml-random-forest.
 *
 * @param votes what `countVotes` gave for the same rows
 */
export function winners(forest: Forest, rows: Float64Array, votes: Uint16Array): Uint8Array {
  const { classCount, scorer } = forest;
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
    classes[row] = tied ? firstToReach(scorer, rows, row, top) : winner;
  }
  return classes;
}
