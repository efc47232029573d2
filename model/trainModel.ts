/** Trains all parts of a model on a table. */
import type { ForestTable } from '../lib/forestTable.ts';
import type { Feature } from '../lib/model.ts';
import { type CrossValidation, crossValidate } from './crossValidate.ts';
import type { Dataset } from './dataset.ts';
import { servedDetector, threshold } from './detectors.ts';
import { describeFeatures } from './features.ts';
import { fitMoments, type Moments } from './reference.ts';
import { type ForestOptions, forestTable, trainForest } from './trainForest.ts';

/** Share of rows like the training data that get each kind of warning, by design. */
export const WARNING_RATE = 0.02;

/** A trained model, and how right it is. */
export interface TrainedModel {
  readonly features: readonly Feature[];
  readonly forest: ForestTable;
  readonly moments: Moments;
  /** Distance beyond which a row is out of distribution. */
  readonly threshold: number;
  /** Vote share below which a prediction is doubtful. */
  readonly lowConfidence: number;
  readonly crossValidation: CrossValidation;
}

/**
 * Trains and cross-validates. The same data and options give the same model.
 *
 * @param report called before each part of the work
 */
export function trainModel(
  data: Dataset,
  options: ForestOptions,
  report: (part: string) => void = () => {},
): TrainedModel {
  const { rows, labels } = data;
  const crossValidation = crossValidate(data, options, report);
  const confidences = crossValidation.heldOut.map(({ confidence }) => confidence);
  report('Forest');
  const forest = trainForest(rows, labels, options);
  return {
    features: describeFeatures(data),
    forest: forestTable(forest, data.features.length, data.classes.length),
    moments: fitMoments(rows, labels),
    threshold: threshold(servedDetector, rows, labels, WARNING_RATE, options.seed),
    lowConfidence: confidences.sort((a, b) => a - b)[
      Math.floor(WARNING_RATE * rows.length)
    ] as number,
    crossValidation,
  };
}
