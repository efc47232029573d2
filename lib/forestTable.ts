/** A random forest as data: what the artifact stores and every evaluator is compiled from. */

/** Trees over distinct thresholds; a row goes left where its value is below the threshold. */
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

/**
 * Index just past a feature's last threshold that is not above a value: the row goes right at the
 * feature's thresholds before it, and left at the others. NaN goes right everywhere, as any value
 * does that is not below.
 */
export function rankOf(
  { thresholds, starts }: ForestTable,
  feature: number,
  value: number,
): number {
  let low = starts[feature] as number;
  let high = starts[feature + 1] as number;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < (thresholds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
