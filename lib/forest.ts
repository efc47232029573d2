/** A random forest as flat typed arrays, and the count of its trees' votes. */

/** Feature index that marks a leaf. */
export const LEAF = -1;

/** Trees in preorder: a node's left child is the next node. */
export interface Forest {
  readonly trees: number;
  readonly featureCount: number;
  readonly classCount: number;
  /** First node of each tree. */
  readonly roots: Int32Array;
  /** Feature that a node splits on, or `LEAF`. */
  readonly features: Int16Array;
  /** A split's threshold, or a leaf's class. */
  readonly values: Float64Array;
  /** Right child of a split. */
  readonly rights: Int32Array;
}

/**
 * Counts the votes of every tree for each row.
 *
 * @param rows feature values, `featureCount` a row
 * @returns votes, `classCount` a row
 */
export function countVotes(forest: Forest, rows: Float64Array): Uint16Array {
  const { featureCount, classCount, features, values, rights } = forest;
  const count = rows.length / featureCount;
  const votes = new Uint16Array(count * classCount);
  for (const root of forest.roots) {
    for (let row = 0; row < count; row += 1) {
      const start = row * featureCount;
      let node = root;
      let feature = features[node] as number;
      while (feature !== LEAF) {
        const goesLeft = (rows[start + feature] as number) < (values[node] as number);
        node = goesLeft ? node + 1 : (rights[node] as number);
        feature = features[node] as number;
      }
      const cell = row * classCount + (values[node] as number);
      votes[cell] = (votes[cell] as number) + 1;
    }
  }
  return votes;
}

/**
 * The class with most votes in each row. Ties go to the class that first reached the top count,
 * trees in order: ml-random-forest does so.
 */
export function winners(forest: Forest, rows: Float64Array, votes: Uint16Array): Uint8Array {
  const { featureCount, classCount } = forest;
  const count = rows.length / featureCount;
  const classes = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    let best = 0;
    let tied = false;
    for (let c = 1; c < classCount; c += 1) {
      const difference =
        (votes[row * classCount + c] as number) - (votes[row * classCount + best] as number);
      if (difference > 0) {
        best = c;
        tied = false;
      } else if (difference === 0) tied = true;
    }
    classes[row] = tied
      ? firstToReach(
          forest,
          rows.subarray(row * featureCount, (row + 1) * featureCount),
          votes[row * classCount + best] as number,
        )
      : best;
  }
  return classes;
}

/** The class that first has `top` votes when the trees vote in order. */
function firstToReach(forest: Forest, row: Float64Array, top: number): number {
  const { features, values, rights } = forest;
  const votes = new Uint16Array(forest.classCount);
  for (const root of forest.roots) {
    let node = root;
    let feature = features[node] as number;
    while (feature !== LEAF) {
      node =
        (row[feature] as number) < (values[node] as number) ? node + 1 : (rights[node] as number);
      feature = features[node] as number;
    }
    const c = values[node] as number;
    votes[c] = (votes[c] as number) + 1;
    if (votes[c] === top) return c;
  }
  return 0;
}
