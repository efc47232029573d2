/** Cross-validates a forest: how often it is right on rows that it has not seen. */
import { countVotes, prepareForest, winners } from '../lib/forest.ts';
import type { Dataset } from './dataset.ts';
import { FOLDS, pick, stratifiedFolds } from './folds.ts';
import { type ForestOptions, forestTable, trainForest } from './trainForest.ts';

/** What cross-validation found. */
export interface CrossValidation {
  readonly accuracy: number;
  /** Accuracy in each fold. */
  readonly foldAccuracies: readonly number[];
  /** Rows by true class, then by predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** Vote share of the predicted class, and whether it was right, for every row while held out. */
  readonly heldOut: readonly { readonly confidence: number; readonly right: boolean }[];
}

/**
 * Trains on four fifths of the rows and measures on the fifth, five times over.
 *
 * @param report called before each part of the work
 */
export function crossValidate(
  data: Dataset,
  options: ForestOptions,
  report: (part: string) => void = () => {},
): CrossValidation {
  const confusion = data.classes.map(() => data.classes.map(() => 0));
  const heldOut: { confidence: number; right: boolean }[] = [];
  const foldAccuracies = stratifiedFolds(data.labels, options.seed).map((fold, index) => {
    report(`Cross-validation, fold ${index + 1} of ${FOLDS}`);
    const trained = trainForest(
      pick(data.rows, fold.train),
      pick(data.labels, fold.train),
      options,
    );
    const forest = prepareForest(forestTable(trained, data.features.length, data.classes.length));
    const rows = Float64Array.from(pick(data.rows, fold.heldOut).flat());
    const votes = countVotes(forest, rows);
    let right = 0;
    for (const [position, predicted] of winners(forest, rows, votes).entries()) {
      const actual = data.labels[fold.heldOut[position] as number] as number;
      const line = confusion[actual] as number[];
      line[predicted] = (line[predicted] as number) + 1;
      if (actual === predicted) right += 1;
      const count = votes[position * data.classes.length + predicted] as number;
      heldOut.push({ confidence: count / options.trees, right: actual === predicted });
    }
    return right / fold.heldOut.length;
  });
  const accuracy = heldOut.filter(({ right }) => right).length / data.rows.length;
  return { accuracy, foldAccuracies, confusion, heldOut };
}
