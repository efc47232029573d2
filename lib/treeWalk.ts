/** Evaluates a forest in the plain way: down each tree from its root. */
import { type ForestTable, featuresOfThresholds } from './forestTable.ts';

/** A forest's trees, ready to walk. */
export interface TreeWalk {
  readonly table: ForestTable;
  /** Root of each tree. */
  readonly roots: Int32Array;
  /** Right child of each split; the left one is the next node. */
  readonly rights: Int32Array;
  /** Feature of each threshold. */
  readonly features: Uint16Array;
}

/** Finds the roots and right children. */
export function prepareTreeWalk(table: ForestTable): TreeWalk {
  const { nodes } = table;
  const roots: number[] = [];
  const rights = new Int32Array(nodes.length);
  // Splits whose right child is still to come.
  const open: number[] = [];
  let atRoot = true;
  for (let index = 0; index < nodes.length; index += 1) {
    if (atRoot) roots.push(index);
    if ((nodes[index] as number) >= 0) {
      atRoot = false;
      open.push(index);
    } else {
      atRoot = open.length === 0;
      if (!atRoot) rights[open.pop() as number] = index + 1;
    }
  }
  return { table, roots: Int32Array.from(roots), rights, features: featuresOfThresholds(table) };
}

/**
 * Adds the votes for one row to `votes`.
 *
 * @param rows feature values, row after row
 * @param votes one count a class, row after row
 */
export function countByWalking(
  walk: TreeWalk,
  rows: Float64Array,
  row: number,
  votes: Uint16Array,
): void {
  const { table, roots } = walk;
  for (let tree = 0; tree < roots.length; tree += 1) {
    const cell = row * table.classCount + classByTree(walk, roots[tree] as number, rows, row);
    votes[cell] = (votes[cell] as number) + 1;
  }
}

/** The class that first has `top` votes for a row when the trees vote in order. */
export function firstToReach(walk: TreeWalk, rows: Float64Array, row: number, top: number): number {
  const votes = new Uint16Array(walk.table.classCount);
  for (const root of walk.roots) {
    const index = classByTree(walk, root, rows, row);
    const count = (votes[index] as number) + 1;
    if (count === top) return index;
    votes[index] = count;
  }
  throw new RangeError(`No class has ${top} votes`);
}

/** The class that the tree with this root votes for. */
function classByTree(
  { table, rights, features }: TreeWalk,
  root: number,
  rows: Float64Array,
  row: number,
): number {
  const { nodes, thresholds, featureCount } = table;
  const start = row * featureCount;
  let index = root;
  for (;;) {
    const node = nodes[index] as number;
    if (node < 0) return ~node;
    const value = rows[start + (features[node] as number)] as number;
    // Not "at or above": NaN goes right.
    index = value < (thresholds[node] as number) ? index + 1 : (rights[index] as number);
  }
}
