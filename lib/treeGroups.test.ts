import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyForest } from '../test/anyForest.ts';
import { type ForestTable, treeCount } from './forestTable.ts';
import { groupTrees } from './treeGroups.ts';

/** Groups of at most so many thresholds, each with the trees that it holds. */
function groupsOf(table: ForestTable, most: number) {
  return groupTrees(table, ({ thresholds }) => thresholds <= most).map((group) => {
    const nodes = table.nodes.slice(group.begin, group.end);
    return { ...group, nodes, trees: treeCount({ ...table, nodes }) };
  });
}

const splits = (nodes: Int32Array) => nodes.filter((node) => node >= 0);
const most = fc.nat({ max: 20 });

it('leaves no node out, and counts what each group has', () => {
  fc.assert(
    fc.property(anyForest, most, (table, limit) => {
      const groups = groupsOf(table, limit);
      expect(groups.flatMap(({ nodes }) => [...nodes])).toEqual([...table.nodes]);
      for (const { nodes, thresholds, leaves } of groups) {
        expect(thresholds).toBe(new Set(splits(nodes)).size);
        for (const [index, count] of leaves.entries()) {
          expect(nodes.filter((node) => node === ~index)).toHaveLength(count);
        }
      }
    }),
  );
});

it('lets a group be too large only if it is a single tree', () => {
  fc.assert(
    fc.property(anyForest, most, (table, limit) => {
      for (const { thresholds, trees } of groupsOf(table, limit)) {
        expect(trees).toBeGreaterThanOrEqual(1);
        if (trees > 1) expect(thresholds).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

it('does not cut what fits', () => {
  fc.assert(
    fc.property(anyForest, (table) => {
      expect(groupsOf(table, table.thresholds.length)).toHaveLength(1);
    }),
  );
});
