/** A random forest as data: what the artifact stores and the evaluation is prepared from. */

/** Trees over distinct thresholds. A row goes left where its value is below the threshold. */
export interface ForestTable {
  readonly featureCount: number;
  readonly classCount: number;
  /** Distinct thresholds of all splits, feature after feature, ascending within a feature. */
  readonly thresholds: Float64Array;
  /** Feature f owns the thresholds from `starts[f]` up to `starts[f + 1]`. */
  readonly starts: Int32Array;
  /**
   * Trees one after another, each in preorder: a split is the index of its threshold, a leaf is
   * the bitwise complement of its class.
   */
  readonly nodes: Int32Array;
}

/** The feature that each threshold belongs to. */
export function featuresOfThresholds({ thresholds, starts }: ForestTable): Uint16Array {
  const features = new Uint16Array(thresholds.length);
  for (let feature = 0; feature + 1 < starts.length; feature += 1) {
    features.fill(feature, starts[feature], starts[feature + 1]);
  }
  return features;
}

/** Every tree has one leaf more than splits. */
export function treeCount({ nodes }: ForestTable): number {
  let count = 0;
  for (let i = 0; i < nodes.length; i += 1) count += (nodes[i] as number) < 0 ? 1 : -1;
  return count;
}
