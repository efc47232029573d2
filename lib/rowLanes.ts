/**
 * Evaluates a forest on 32 rows at once: each word holds one bit for each of 32 rows.
 *
 * The word of a threshold says which rows go right there, the word of a node which rows reach it.
 * One AND with the threshold's word, or its complement, gives the children's words, so a node costs
 * a few instructions for 32 rows and no branch depends on the data. Votes are added in vertical
 * counters: word k of a class holds bit k of 32 counts. This is bit slicing, as in E. Biham, "A Fast
 * New DES Implementation in Software", FSE 1997.
 */
import { type ForestTable, rankOf } from './forestTable.ts';

/** Rows in a word. */
export const LANES = 32;

/** A forest, and the working memory to evaluate it on 32 rows. */
export interface RowLanes {
  readonly table: ForestTable;
  /** Rows that have a rank: one word for each threshold, and one more for each feature. */
  readonly ranked: Int32Array;
  /** Rows that go right at each threshold. */
  readonly goesRight: Int32Array;
  /** Rows that reach the nodes still to be visited, the next one last. */
  readonly pending: Int32Array;
  /** Rows that the tree at hand puts into each class. */
  readonly classRows: Int32Array;
  /** Vote counters: `counterBits` words for each class. */
  readonly counters: Int32Array;
  readonly counterBits: number;
}

/**
 * Sets the memory aside.
 *
 * @param trees number of trees
 * @param depth splits on the longest path from a root to a leaf
 */
export function createRowLanes(table: ForestTable, trees: number, depth: number): RowLanes {
  const { thresholds, featureCount, classCount } = table;
  const counterBits = 32 - Math.clz32(trees);
  return {
    table,
    ranked: new Int32Array(thresholds.length + featureCount),
    goesRight: new Int32Array(thresholds.length),
    pending: new Int32Array(depth + 1),
    classRows: new Int32Array(classCount),
    counters: new Int32Array(classCount * counterBits),
    counterBits,
  };
}

/**
 * Writes the votes for up to 32 rows.
 *
 * @param rows feature values, row after row
 * @param first the first row
 * @param count number of rows, 1 to 32
 * @param votes one count a class, row after row
 */
export function countLaneVotes(
  lanes: RowLanes,
  rows: Float64Array,
  first: number,
  count: number,
  votes: Uint16Array,
): void {
  compareWithThresholds(lanes, rows, first, count);
  voteByTree(lanes);
  const { counters, counterBits } = lanes;
  const { classCount } = lanes.table;
  for (let index = 0; index < classCount; index += 1) {
    for (let lane = 0; lane < count; lane += 1) {
      let sum = 0;
      for (let bit = counterBits - 1; bit >= 0; bit -= 1) {
        sum = (sum << 1) | (((counters[index * counterBits + bit] as number) >>> lane) & 1);
      }
      votes[(first + lane) * classCount + index] = sum;
    }
  }
}

/** Fills `goesRight`. */
function compareWithThresholds(
  { table, ranked, goesRight }: RowLanes,
  rows: Float64Array,
  first: number,
  count: number,
): void {
  const { featureCount, starts } = table;
  ranked.fill(0);
  for (let feature = 0; feature < featureCount; feature += 1) {
    for (let lane = 0; lane < count; lane += 1) {
      const value = rows[(first + lane) * featureCount + feature] as number;
      const rank = rankOf(table, feature, value) + feature;
      ranked[rank] = (ranked[rank] as number) | (1 << lane);
    }
    // Rows go right at every threshold before their rank.
    let rightOfHere = 0;
    const start = starts[feature] as number;
    for (let t = (starts[feature + 1] as number) - 1; t >= start; t -= 1) {
      rightOfHere |= ranked[t + 1 + feature] as number;
      goesRight[t] = rightOfHere;
    }
  }
}

/** Visits every node of every tree in preorder, and fills `counters`. */
function voteByTree(lanes: RowLanes): void {
  const { goesRight, pending, classRows, counters } = lanes;
  const { nodes } = lanes.table;
  counters.fill(0);
  let open = 0;
  for (let i = 0; i < nodes.length; i += 1) {
    const node = nodes[i] as number;
    // Nothing pending: a root, which every row reaches.
    const here = open === 0 ? -1 : (pending[--open] as number);
    if (node >= 0) {
      const right = goesRight[node] as number;
      pending[open++] = here & right;
      pending[open++] = here & ~right;
    } else {
      classRows[~node] = (classRows[~node] as number) | here;
      if (open === 0) addVotes(lanes);
    }
  }
}

/** Adds one to the counters of the rows that a tree put into each class. */
function addVotes({ classRows, counters, counterBits }: RowLanes): void {
  for (let index = 0; index < classRows.length; index += 1) {
    let carry = classRows[index] as number;
    classRows[index] = 0;
    for (let bit = index * counterBits; carry !== 0; bit += 1) {
      const sum = counters[bit] as number;
      counters[bit] = sum ^ carry;
      carry &= sum;
    }
  }
}
