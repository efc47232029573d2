import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForestTable } from './forestTable.ts';
import { countLeafBits, prepareLeafBits } from './leafBits.ts';
import { countByWalking, prepareTreeWalk } from './treeWalk.ts';

const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** A tree: a leaf is `{index}`; splits may contradict each other, as no training would make them. */
const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.record({ index: fc.nat({ max: 4 }) }),
    fc.record({ feature: fc.nat(), threshold: fc.nat(), left: tie('tree'), right: tie('tree') }),
  ),
}));

type Node =
  | { readonly index: number }
  | {
      readonly feature: number;
      readonly threshold: number;
      readonly left: Node;
      readonly right: Node;
    };

/** Any forest at all on one to five features. */
const tables: fc.Arbitrary<ForestTable> = fc
  .tuple(
    fc.array(tree, { minLength: 1, maxLength: 20 }),
    fc.array(fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([trees, thresholds]) => {
    const starts = [0];
    for (const values of thresholds) starts.push((starts.at(-1) ?? 0) + values.length);
    const nodes: number[] = [];
    const add = (node: Node): void => {
      if ('index' in node) {
        nodes.push(~node.index);
        return;
      }
      const feature = node.feature % thresholds.length;
      const count = thresholds[feature]?.length ?? 1;
      nodes.push((starts[feature] ?? 0) + (node.threshold % count));
      add(node.left);
      add(node.right);
    };
    trees.forEach(add);
    return {
      featureCount: thresholds.length,
      classCount: 5,
      thresholds: Float64Array.from(thresholds.flatMap((values) => values.sort((a, b) => a - b))),
      starts: Int32Array.from(starts),
      nodes: Int32Array.from(nodes),
    };
  });

describe('counting leaf bits', () => {
  it('gives the votes that walking the trees gives, for any forest and row', () => {
    const value = fc.oneof(fc.integer({ min: -10, max: 10 }), fc.double());
    fc.assert(
      fc.property(tables, fc.array(value, { minLength: 5, maxLength: 5 }), (table, values) => {
        const row = Float64Array.from(values.slice(0, table.featureCount));
        const walked = new Uint16Array(table.classCount);
        countByWalking(prepareTreeWalk(table), row, 0, walked);
        const counted = new Uint16Array(table.classCount);
        const bits = prepareLeafBits(table, UNLIMITED);
        if (bits) countLeafBits(bits, row, 0, counted);
        expect(counted).toEqual(walked);
      }),
      { numRuns: 2000 },
    );
  });

  it('is left out for a forest whose lines would be too many', () => {
    const [table] = fc.sample(tables, 1) as [ForestTable];
    expect(prepareLeafBits(table, 0)).toBeUndefined();
  });
});
