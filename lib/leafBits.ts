/**
 * Counts a forest's votes without walking its trees: every leaf of the forest is one bit.
 *
 * A leaf is reached when each feature lies in its range, and what a feature's value rules out
 * depends only on its rank among the feature's thresholds. So there is one line of bits for each
 * rank of each feature: the leaves that it leaves possible. A row's lines, one a feature, ANDed
 * together, leave one bit a tree; the leaves of a class lie side by side, so its votes are the bits
 * left there. That takes a few instructions for 32 leaves, and no branch depends on a comparison.
 *
 * Leaves as bits are from QuickScorer (C. Lucchese et al., SIGIR 2015), which has a mask for each
 * split; a line for each value of an attribute is a bitmap index (P. O'Neil and D. Quass, "Improved
 * Query Performance with Variant Indexes", SIGMOD 1997).
 */
import { type ForestTable, featuresOfThresholds } from './forestTable.ts';

/** Leaves in a word. */
const WORD = 32;

/** A forest's lines of bits. */
export interface LeafBits {
  readonly table: ForestTable;
  /** Words of a line. */
  readonly width: number;
  /** Class c has the words of a line from `classStarts[c]` up to `classStarts[c + 1]`. */
  readonly classStarts: Int32Array;
  /** One line for each rank: a feature has one rank more than thresholds. */
  readonly lines: Int32Array;
  /** Where the lines of the row at hand begin, one a feature: working memory. */
  readonly offsets: Int32Array;
}

/**
 * Makes the lines, if they take no more than so many words: that grows with the square of a forest.
 */
export function prepareLeafBits(table: ForestTable, maxWords: number): LeafBits | undefined {
  const { nodes, thresholds, starts, featureCount, classCount } = table;
  const features = featuresOfThresholds(table);
  const firstWords = classStarts(table);
  const width = firstWords.at(-1) ?? 0;
  const size = (thresholds.length + featureCount) * width;
  if (size > maxWords) return undefined;
  const lines = new Int32Array(size);
  const leavesSeen = new Int32Array(classCount);
  // Ranks with which a row can reach the node at hand.
  const lowest = starts.slice(0, -1);
  const highest = starts.slice(1);
  let next = 0;

  function visitSubtree(): void {
    const node = nodes[next] as number;
    next += 1;
    if (node < 0) {
      markLeaf(~node);
      return;
    }
    const feature = features[node] as number;
    const low = lowest[feature] as number;
    const high = highest[feature] as number;
    highest[feature] = Math.min(high, node);
    visitSubtree();
    highest[feature] = high;
    lowest[feature] = Math.max(low, node + 1);
    visitSubtree();
    lowest[feature] = low;
  }

  /** Flips a leaf's bit in the first line in which it is possible, and in the one after the last. */
  function markLeaf(index: number): void {
    const seen = leavesSeen[index] as number;
    leavesSeen[index] = seen + 1;
    const word = (firstWords[index] as number) + Math.floor(seen / WORD);
    const bit = 1 << (seen % WORD);
    for (let feature = 0; feature < featureCount; feature += 1) {
      const first = lowest[feature] as number;
      const last = highest[feature] as number;
      // Else a leaf that no row can reach: both sides of a split are on its path.
      if (first <= last) {
        const begin = (first + feature) * width + word;
        lines[begin] = (lines[begin] as number) ^ bit;
        if (last < (starts[feature + 1] as number)) {
          const end = (last + feature + 1) * width + word;
          lines[end] = (lines[end] as number) ^ bit;
        }
      }
    }
  }

  while (next < nodes.length) visitSubtree();
  // From flips to bits: each line continues the one before, within a feature.
  for (let feature = 0; feature < featureCount; feature += 1) {
    const begin = ((starts[feature] as number) + feature) * width;
    const end = ((starts[feature + 1] as number) + feature + 1) * width;
    for (let i = begin + width; i < end; i += 1) {
      lines[i] = (lines[i] as number) ^ (lines[i - width] as number);
    }
  }
  return { table, width, classStarts: firstWords, lines, offsets: new Int32Array(featureCount) };
}

/**
 * Writes the votes for one row.
 *
 * @param rows feature values, row after row
 * @param votes one count a class, row after row
 */
export function countLeafBits(
  { table, width, classStarts: firstWords, lines, offsets }: LeafBits,
  rows: Float64Array,
  row: number,
  votes: Uint16Array,
): void {
  const { featureCount, classCount } = table;
  for (let feature = 0; feature < featureCount; feature += 1) {
    const rank = rankOf(table, feature, rows[row * featureCount + feature] as number);
    offsets[feature] = (rank + feature) * width;
  }
  let word = 0;
  for (let index = 0; index < classCount; index += 1) {
    const end = firstWords[index + 1] as number;
    let count = 0;
    for (; word < end; word += 1) {
      let possible = -1;
      for (let feature = 0; feature < featureCount; feature += 1) {
        possible &= lines[(offsets[feature] as number) + word] as number;
      }
      count += bitCount(possible);
    }
    votes[row * classCount + index] = count;
  }
}

/**
 * Index just past the last of a feature's thresholds that a value is not below. NaN is below none,
 * as in the comparison of a split.
 */
function rankOf({ thresholds, starts }: ForestTable, feature: number, value: number): number {
  let low = starts[feature] as number;
  let high = starts[feature + 1] as number;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < (thresholds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First word of each class, and the end: every class begins a word. */
function classStarts({ nodes, classCount }: ForestTable): Int32Array {
  const leaves = new Int32Array(classCount);
  for (let i = 0; i < nodes.length; i += 1) {
    const node = nodes[i] as number;
    if (node < 0) leaves[~node] = (leaves[~node] as number) + 1;
  }
  const starts = new Int32Array(classCount + 1);
  for (let index = 0; index < classCount; index += 1) {
    starts[index + 1] = (starts[index] as number) + Math.ceil((leaves[index] as number) / WORD);
  }
  return starts;
}

/** Ones in a word, added up in parallel (H. S. Warren, "Hacker's Delight", 2nd edition, 5-1). */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
