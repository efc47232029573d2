/** What serving knows of a trained model. */
import type { Calibration } from './calibration.ts';
import type { Forest } from './forest.ts';
import type { Reference } from './outOfDistribution.ts';

/** One input of the model, as it was in the training data. */
export interface Feature {
  readonly name: string;
  /** Unit of measure; empty when the data does not say. */
  readonly unit: string;
  /** Least value that makes sense at all: 0 for a length. */
  readonly minimum?: number;
  /** Least training value. */
  readonly min: number;
  /** Greatest training value. */
  readonly max: number;
  readonly mean: number;
  /** Value in a real row: the first of the training data. */
  readonly example: number;
  /** Training deciles (10 % to 90 %), ascending, without repeats. */
  readonly deciles: readonly number[];
  /** Training rows at or below each decile. */
  readonly cumulativeCounts: readonly number[];
}

/** What became of the training rows in cross-validation, each while it was held out. */
export interface HeldOut {
  /** Rows by predicted class, in the order of the model's classes. */
  readonly predictions: readonly number[];
  /** Rows of which the prediction was right. */
  readonly right: number;
}

/** What serving needs of a trained model. */
export interface Model {
  readonly name: string;
  /** The first digits of `sha256`. */
  readonly version: string;
  /** Hash of the artifact's content: same data, parameters and seed, same hash. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly trainedAt: string;
  readonly trainingRows: number;
  readonly features: readonly Feature[];
  readonly classes: readonly string[];
  /** A prediction with a lower vote share is doubtful: 2 % of held-out training rows have one. */
  readonly lowConfidence: number;
  readonly heldOut: HeldOut;
  readonly calibration: Calibration;
  /** How often a prediction is right that as many trees voted for: from none to all. */
  readonly accuracyByVotes: Float64Array;
  readonly forest: Forest;
  readonly outOfDistribution: Reference;
}
