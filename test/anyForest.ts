/** Forests as property tests want them: of any shape. */
import fc from 'fast-check';
import type { ForestTable } from '../lib/forestTable.ts';

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
export const anyForest: fc.Arbitrary<ForestTable> = fc
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

/** A row for any of them: more values than a forest has features are not read. */
export const anyRow = fc.array(fc.oneof(fc.integer({ min: -10, max: 10 }), fc.double()), {
  minLength: 5,
  maxLength: 5,
});
