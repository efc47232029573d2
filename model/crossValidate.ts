/** Cross-validates a forest: how often it is right on rows that it has not seen. */
import { countVotes, prepareForest, winners } from '../lib/forest.ts';
import type { ForestTable } from '../lib/forestTable.ts';
import type { Dataset } from './dataset.ts';
import { type Fold, pick } from './folds.ts';

/** What cross-validation found. */
export interface CrossValidation {
  readonly accuracy: number;
  /** Accuracy in each fold. */
  readonly foldAccuracies: readonly number[];
  /** Rows by true class, then by predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** Every row while it was held out. */
  readonly heldOut: readonly HeldOutRow[];
}

/** What a forest that had not seen a row said of it. */
export interface HeldOutRow {
  /** Number of the fold. */
  readonly fold: number;
  /** Vote share of the predicted class. */
  readonly confidence: number;
  readonly right: boolean;
}

/** Measures each forest on the rows that were held out of it: one forest a fold, in their order. */
export function crossValidate(
  data: Dataset,
  folds: readonly Fold[],
  forests: readonly ForestTable[],
): CrossValidation {
  const confusion = data.classes.map(() => data.classes.map(() => 0));
  const heldOut: HeldOutRow[] = [];
  const foldAccuracies = folds.map((fold, index) => {
    const forest = prepareForest(forests[index] as ForestTable);
    const rows = Float64Array.from(pick(data.rows, fold.heldOut).flat());
    const votes = countVotes(forest, rows);
    let right = 0;
    for (const [position, predicted] of winners(forest, rows, votes).entries()) {
      const actual = data.labels[fold.heldOut[position] as number] as number;
      const line = confusion[actual] as number[];
      line[predicted] = (line[predicted] as number) + 1;
      if (actual === predicted) right += 1;
      const count = votes[position * data.classes.length + predicted] as number;
      heldOut.push({
        fold: index,
        confidence: count / forest.trees,
        right: actual === predicted,
      });
    }
    return right / fold.heldOut.length;
  });
  const accuracy = heldOut.filter(({ right }) => right).length / data.rows.length;
  return { accuracy, foldAccuracies, confusion, heldOut };
}
