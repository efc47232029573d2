/** Neighbouring trees of a forest, in groups. */
import type { ForestTable } from './forestTable.ts';

/** Trees that stand one after another. */
export interface TreeGroup {
  /** The nodes of the trees, from here up to `end`. */
  readonly begin: number;
  readonly end: number;
  /** Distinct thresholds that they use. */
  readonly thresholds: number;
  /** Leaves of each class. */
  readonly leaves: Int32Array;
}

/** As few groups as possible of which each fits, or is a single tree that does not. */
export function groupTrees(
  { nodes, thresholds, classCount }: ForestTable,
  fits: (group: TreeGroup) => boolean,
): TreeGroup[] {
  const groups: TreeGroup[] = [];
  /** The group that used each threshold last, counted from 1. */
  const usedBy = new Int32Array(thresholds.length);
  let begun = 0;

  function grow(group: TreeGroup, end: number): TreeGroup {
    const leaves = group.leaves.slice();
    let used = group.thresholds;
    for (let index = group.end; index < end; index += 1) {
      const node = nodes[index] as number;
      if (node < 0) leaves[~node] = (leaves[~node] as number) + 1;
      else if (usedBy[node] !== begun) {
        usedBy[node] = begun;
        used += 1;
      }
    }
    return { begin: group.begin, end, thresholds: used, leaves };
  }

  function newGroup(begin: number): TreeGroup {
    begun += 1;
    return { begin, end: begin, thresholds: 0, leaves: new Int32Array(classCount) };
  }

  // First, as it is what most forests are, and a cold start waits for it.
  const whole = grow(newGroup(0), nodes.length);
  if (fits(whole)) return [whole];
  let group = newGroup(0);
  while (group.end < nodes.length) {
    const end = endOfTree(nodes, group.end);
    const grown = grow(group, end);
    if (fits(grown) || group.begin === group.end) group = grown;
    else {
      groups.push(group);
      group = grow(newGroup(group.end), end);
    }
  }
  return [...groups, group];
}

/** Just past the last node of the tree whose root is at `begin`. */
function endOfTree(nodes: Int32Array, begin: number): number {
  let subtrees = 1;
  let index = begin;
  for (; subtrees > 0; index += 1) subtrees += (nodes[index] as number) < 0 ? -1 : 1;
  return index;
}
