/** Trains all parts of a model on a table. */
import type { ForestTable } from '../lib/forestTable.ts';
import type { Feature } from '../lib/model.ts';
import { type CalibrationResult, calibrate } from './calibrate.ts';
import { type CrossValidation, crossValidate } from './crossValidate.ts';
import type { Dataset, Row } from './dataset.ts';
import { describeFeatures } from './features.ts';
import { FOLDS, pick, stratifiedFolds } from './folds.ts';
import type { ForestOrder } from './forestThread.ts';
import { type GrowOptions, growForests } from './growForests.ts';
import { oddThreshold } from './oddThreshold.ts';
import { fitMoments, type Moments } from './reference.ts';
import type { ForestOptions } from './trainForest.ts';

/** Share of rows like the training data that get each kind of warning, by design. */
export const WARNING_RATE = 0.02;

/** Forests that are grown for a model: its own, and one for each fold of its cross-validation. */
export const FORESTS = 1 + FOLDS;

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
  readonly calibrated: CalibrationResult;
}

/** Trains and cross-validates. The same data and options give the same model. */
export async function trainModel(
  data: Dataset,
  options: ForestOptions,
  grow: GrowOptions = {},
): Promise<TrainedModel> {
  const { rows, labels } = data;
  const folds = stratifiedFolds(labels, options.seed);
  const order = (rows: readonly Row[], labels: readonly number[]): ForestOrder => ({
    rows,
    labels,
    classCount: data.classes.length,
    options,
  });
  const ofFolds = folds.map(({ train }) => order(pick(rows, train), pick(labels, train)));
  const [forest, ...forests] = await growForests([order(rows, labels), ...ofFolds], grow);
  const crossValidation = crossValidate(data, folds, forests);
  const confidences = crossValidation.heldOut.map(({ confidence }) => confidence);
  return {
    features: describeFeatures(data),
    forest: forest as ForestTable,
    moments: fitMoments(rows, labels),
    threshold: oddThreshold(rows, labels, WARNING_RATE, options.seed),
    lowConfidence: confidences.sort((a, b) => a - b)[
      Math.floor(WARNING_RATE * rows.length)
    ] as number,
    crossValidation,
    calibrated: calibrate(crossValidation.heldOut, options.trees),
  };
}
