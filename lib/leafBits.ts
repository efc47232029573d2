/**
 * Counts a forest's votes without walking its trees: every leaf of the forest is one bit.
 *
 * A leaf is reached when each feature lies in its range, and what a feature's value rules out
 * depends only on its rank among the feature's thresholds. So there is one line of bits for each
 * rank of each feature: the leaves that it leaves possible. A row's lines, one a feature, ANDed
 * together, leave one bit a tree; the leaves of a class lie side by side, so its votes are the bits
 * left there. That takes a few instructions for 32 leaves, and no branch depends on a comparison.
 *
 * With the trees, lines grow in number and in length. So a large forest is cut into parts, each with
 * lines of its own, which are only as many as its trees have thresholds.
 *
 * Leaves as bits are from QuickScorer (C. Lucchese et al., SIGIR 2015), which has a mask for each
 * split; a line for each value of an attribute is a bitmap index (P. O'Neil and D. Quass, "Improved
 * Query Performance with Variant Indexes", SIGMOD 1997).
 */
import { type ForestTable, featuresOfThresholds, treeCount } from './forestTable.ts';
import { groupTrees, type TreeGroup } from './treeGroups.ts';

/** Leaves in a word. */
const WORD = 32;

/** A forest's lines of bits. */
export interface LeafBits {
  readonly table: ForestTable;
  readonly parts: readonly Part[];
  /** Ranks of the values of the row at hand: working memory. */
  readonly ranks: Int32Array;
}

/** Some of the trees. */
interface Part {
  /** Words of a line. */
  readonly width: number;
  /** Class c has the words of a line from `classStarts[c]` up to `classStarts[c + 1]`. */
  readonly classStarts: Int32Array;
  /** One for each rank among the thresholds of these trees: of a feature one more than thresholds. */
  readonly lines: Int32Array;
  /** Which line it is, for each rank among the thresholds of the whole forest. */
  readonly lineNumbers: Uint16Array;
  /** Where the lines of the row at hand begin, one a feature: working memory. */
  readonly offsets: Int32Array;
}

/**
 * Makes the lines, in as few parts as they must be in: each costs a row a look for its lines.
 *
 * @param maxBytes what all parts may take together
 * @param largestPart what one part may take at most, unless it is a single tree
 * @returns undefined if a part for each tree takes too much as well
 */
export function prepareLeafBits(
  table: ForestTable,
  maxBytes: number,
  largestPart = maxBytes,
): LeafBits | undefined {
  for (let partBytes = largestPart; ; partBytes /= 2) {
    const groups = groupTrees(table, (group) => bytes(table, group) <= partBytes);
    if (groups.reduce((sum, group) => sum + bytes(table, group), 0) <= maxBytes) {
      const features = featuresOfThresholds(table);
      return {
        table,
        parts: groups.map((group) => preparePart(table, features, group)),
        ranks: new Int32Array(table.featureCount),
      };
    }
    if (groups.length === treeCount(table)) return undefined;
  }
}

/** What a part of these trees takes. */
function bytes({ thresholds, featureCount }: ForestTable, group: TreeGroup): number {
  const width = classStarts(group.leaves).at(-1) ?? 0;
  const lines = (group.thresholds + featureCount) * width;
  return (
    lines * Int32Array.BYTES_PER_ELEMENT +
    (thresholds.length + featureCount) * Uint16Array.BYTES_PER_ELEMENT
  );
}

function preparePart(table: ForestTable, features: Uint16Array, group: TreeGroup): Part {
  const { begin, end, thresholds, leaves } = group;
  const { nodes, starts, featureCount, classCount } = table;
  const firstWords = classStarts(leaves);
  const width = firstWords.at(-1) ?? 0;
  const lines = new Int32Array((thresholds + featureCount) * width);
  const lineNumbers = numberLines(table, group);
  const leavesSeen = new Int32Array(classCount);
  // Ranks with which a row can reach the node at hand.
  const lowest = starts.slice(0, -1);
  const highest = starts.slice(1);
  let next = begin;

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
        flip((lineNumbers[first + feature] as number) * width + word, bit);
        if (last < (starts[feature + 1] as number)) {
          flip((lineNumbers[last + feature + 1] as number) * width + word, bit);
        }
      }
    }
  }

  function flip(at: number, bit: number): void {
    lines[at] = (lines[at] as number) ^ bit;
  }

  while (next < end) visitSubtree();
  // From flips to bits: each line continues the one before, within a feature.
  for (let feature = 0; feature < featureCount; feature += 1) {
    const first = lineNumbers[(starts[feature] as number) + feature] as number;
    const last = lineNumbers[(starts[feature + 1] as number) + feature] as number;
    for (let i = (first + 1) * width; i < (last + 1) * width; i += 1) {
      lines[i] = (lines[i] as number) ^ (lines[i - width] as number);
    }
  }
  const offsets = new Int32Array(featureCount);
  return { width, classStarts: firstWords, lines, lineNumbers, offsets };
}

/**
 * Past each threshold that the trees use, and with each feature, a new line begins. 16 bits are
 * enough for its number: where lines are more, each has thousands of words.
 */
function numberLines(
  { nodes, starts, thresholds, featureCount }: ForestTable,
  { begin, end }: TreeGroup,
): Uint16Array {
  const used = new Uint8Array(thresholds.length);
  for (let index = begin; index < end; index += 1) {
    const node = nodes[index] as number;
    if (node >= 0) used[node] = 1;
  }
  const numbers = new Uint16Array(thresholds.length + featureCount);
  let line = 0;
  for (let feature = 0; feature < featureCount; feature += 1) {
    for (let rank = starts[feature] as number; rank < (starts[feature + 1] as number); rank += 1) {
      numbers[rank + feature] = line;
      line += used[rank] as number;
    }
    numbers[(starts[feature + 1] as number) + feature] = line;
    line += 1;
  }
  return numbers;
}

/** First word of each class, and the end: every class begins a word. */
function classStarts(leaves: Int32Array): Int32Array {
  const starts = new Int32Array(leaves.length + 1);
  for (let index = 0; index < leaves.length; index += 1) {
    starts[index + 1] = (starts[index] as number) + Math.ceil((leaves[index] as number) / WORD);
  }
  return starts;
}

/**
 * Adds the votes for one row to `votes`.
 *
 * @param rows feature values, row after row
 * @param votes one count a class, row after row
 */
export function countLeafBits(
  { table, parts, ranks }: LeafBits,
  rows: Float64Array,
  row: number,
  votes: Uint16Array,
): void {
  rankValues(table, rows, row, ranks);
  // Not for…of, in whose body V8 optimizes less.
  for (let index = 0; index < parts.length; index += 1) {
    countPart(table, parts[index] as Part, ranks, row, votes);
  }
}

/**
 * Writes the rank of each value: the index just past the last threshold of its feature that it is
 * not below. NaN is below none, as in the comparison of a split.
 */
function rankValues(
  { thresholds, starts, featureCount }: ForestTable,
  rows: Float64Array,
  row: number,
  ranks: Int32Array,
): void {
  for (let feature = 0; feature < featureCount; feature += 1) {
    const value = rows[row * featureCount + feature] as number;
    let low = starts[feature] as number;
    let high = starts[feature + 1] as number;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value < (thresholds[middle] as number)) high = middle;
      else low = middle + 1;
    }
    ranks[feature] = low;
  }
}

/** Adds a part's votes for the row of these ranks. */
function countPart(
  { featureCount, classCount }: ForestTable,
  { width, classStarts: firstWords, lines, lineNumbers, offsets }: Part,
  ranks: Int32Array,
  row: number,
  votes: Uint16Array,
): void {
  for (let feature = 0; feature < featureCount; feature += 1) {
    const line = lineNumbers[(ranks[feature] as number) + feature] as number;
    offsets[feature] = line * width;
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
    const cell = row * classCount + index;
    votes[cell] = (votes[cell] as number) + count;
  }
}

/** Ones in a word, added up in parallel (H. S. Warren, "Hacker's Delight", 2nd edition, 5-1). */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
