/**
 * Evaluates a forest one row at a time, without walking its trees.
 *
 * QuickScorer: C. Lucchese et al., "QuickScorer: A Fast Algorithm to Rank Documents with Additive
 * Ensembles of Regression Trees", SIGIR 2015. Each tree keeps one bit for each leaf. A split where
 * the row goes right rules out the leaves of its left subtree: one AND with a mask made in advance.
 * The leftmost bit that remains is the leaf. Splits of one feature are sorted by threshold, so the
 * masks to apply are a run, and nothing depends on the outcome of an earlier comparison.
 */
import { type ForestTable, rankOf } from './forestTable.ts';

/** Leaves in a word: bit 31 is the leftmost. */
const WORD = 32;

/** A forest's masks and leaves. A tree of more than 32 leaves has several words. */
export interface QuickScorer {
  readonly table: ForestTable;
  /** First word of each tree. */
  readonly firstWords: Int32Array;
  /** Class of each leaf, 32 a word. */
  readonly leafClasses: Uint8Array;
  /** Number of masks that belong to thresholds before a threshold. */
  readonly maskStarts: Int32Array;
  /** Masks sorted by threshold, and the word that each applies to. */
  readonly masks: Int32Array;
  readonly maskWords: Int32Array;
  /** Leaves still possible in the row at hand: working memory. */
  readonly words: Int32Array;
}

/** Prepares the masks. */
export function compileQuickScorer(table: ForestTable): QuickScorer {
  const { nodes, thresholds } = table;
  const firstWords: number[] = [];
  const leafClasses: number[] = [];
  const found: { threshold: number; word: number; mask: number }[] = [];
  let node = 0;
  let leaf = 0;

  function addSubtree(): void {
    const value = nodes[node] as number;
    node += 1;
    if (value < 0) {
      leafClasses[leaf] = ~value;
      leaf += 1;
      return;
    }
    const first = leaf;
    addSubtree();
    for (let from = first; from < leaf; ) {
      const word = Math.floor(from / WORD);
      const to = Math.min(leaf, (word + 1) * WORD);
      found.push({ threshold: value, word, mask: ~bits(from - word * WORD, to - word * WORD) });
      from = to;
    }
    addSubtree();
  }

  while (node < nodes.length) {
    firstWords.push(leaf / WORD);
    addSubtree();
    // The next tree begins a word.
    while (leaf % WORD !== 0) leafClasses[leaf++] = 0;
  }

  found.sort((a, b) => a.threshold - b.threshold);
  const maskStarts = new Int32Array(thresholds.length + 1);
  let index = 0;
  for (let threshold = 0; threshold < thresholds.length; threshold += 1) {
    while (found[index]?.threshold === threshold) index += 1;
    maskStarts[threshold + 1] = index;
  }
  return {
    table,
    firstWords: Int32Array.from(firstWords),
    leafClasses: Uint8Array.from(leafClasses),
    maskStarts,
    masks: Int32Array.from(found, ({ mask }) => mask),
    maskWords: Int32Array.from(found, ({ word }) => word),
    words: new Int32Array(leaf / WORD),
  };
}

/**
 * Adds the votes of every tree for one row.
 *
 * @param rows feature values, row after row
 * @param votes one count a class, row after row
 */
export function countRowVotes(
  scorer: QuickScorer,
  rows: Float64Array,
  row: number,
  votes: Uint16Array,
): void {
  const { classCount } = scorer.table;
  const { firstWords } = scorer;
  dropLeaves(scorer, rows, row);
  for (let tree = 0; tree < firstWords.length; tree += 1) {
    const cell = row * classCount + exitClass(scorer, firstWords[tree] as number);
    votes[cell] = (votes[cell] as number) + 1;
  }
}

/** The class that first has `top` votes for a row when the trees vote in order. */
export function firstToReach(
  scorer: QuickScorer,
  rows: Float64Array,
  row: number,
  top: number,
): number {
  const votes = new Uint16Array(scorer.table.classCount);
  dropLeaves(scorer, rows, row);
  for (const firstWord of scorer.firstWords) {
    const index = exitClass(scorer, firstWord);
    const count = (votes[index] as number) + 1;
    if (count === top) return index;
    votes[index] = count;
  }
  throw new RangeError(`No class has ${top} votes`);
}

/** Leaves in `words` only leaves that the row can reach. */
function dropLeaves(scorer: QuickScorer, rows: Float64Array, row: number): void {
  const { table, maskStarts, masks, maskWords, words } = scorer;
  const { featureCount, starts } = table;
  words.fill(-1);
  for (let feature = 0; feature < featureCount; feature += 1) {
    const rank = rankOf(table, feature, rows[row * featureCount + feature] as number);
    const end = maskStarts[rank] as number;
    for (let i = maskStarts[starts[feature] as number] as number; i < end; i += 1) {
      const word = maskWords[i] as number;
      words[word] = (words[word] as number) & (masks[i] as number);
    }
  }
}

/** The class of the leftmost leaf left in a tree. */
function exitClass({ words, leafClasses }: QuickScorer, firstWord: number): number {
  let word = firstWord;
  while (words[word] === 0) word += 1;
  return leafClasses[word * WORD + Math.clz32(words[word] as number)] as number;
}

/** Ones from bit `from` up to bit `to`, counted from the left. */
function bits(from: number, to: number): number {
  return (-1 >>> from) & (-1 << (WORD - to));
}
