/** What one invocation was: the single record that every sink reads. */

/** Why an invocation did not succeed: its input, our code, or the time limit. */
export type ErrorKind = 'validation' | 'handler' | 'timeout';

/** What the model answered in one invocation. */
export interface PredictionsObserved {
  /** Version of the model that answered. */
  readonly modelVersion: string;
  /** Class names, in the model's order. */
  readonly classNames: readonly string[];
  /** Feature names, in the model's order. */
  readonly featureNames: readonly string[];
  /** Index into `classNames`, one a row. */
  readonly classes: Uint8Array;
  /** Vote share of the predicted class, 0 to 1, one a row. */
  readonly confidences: Float64Array;
  /** Feature values, row after row, `featureNames.length` each. */
  readonly features: Float64Array;
  /** Rows far outside the training data. */
  readonly outOfDistribution: number;
  /** Time in the forest and the out-of-distribution check, in seconds. */
  readonly inferenceSeconds: number;
}

/** One invocation, as it began. Times are in seconds, sizes in bytes. */
export interface Invocation {
  /** Random id of the instance, made at module load. */
  readonly instance: string;
  /** Short name of the function: `predict`, `batchPredict`, … */
  readonly function: string;
  readonly method: string;
  /** Resource path of the route, never the path that the client sent. */
  readonly route: string;
  readonly coldStart: boolean;
  /** Start of the instance to the end of module load; 0 unless `coldStart`. */
  readonly initSeconds: number;
  readonly requestBytes: number;
  /** API key id, never the key; none on a route without keys. */
  readonly client: string | undefined;
}

/** One invocation, as it ended. Times are in seconds, sizes in bytes. */
export interface Observation extends Invocation {
  /** HTTP status of the answer. */
  readonly status: number;
  /** What the client waited for; includes `initSeconds` when `coldStart`. */
  readonly seconds: number;
  readonly responseBytes: number;
  /** Rows of an accepted batch. */
  readonly batchSize: number | undefined;
  readonly predictions: PredictionsObserved | undefined;
  readonly heapUsedBytes: number;
  /** Busy share of the event loop since the instance's previous observation, 0 to 1; none in its first. */
  readonly eventLoopUtilization: number | undefined;
  readonly errorKind: ErrorKind | undefined;
}

/** Every status from 400 is an error: the client's, ours, or the time limit's. */
export function errorKindOf(status: number): ErrorKind | undefined {
  if (status === 504) return 'timeout';
  if (status >= 500) return 'handler';
  return status >= 400 ? 'validation' : undefined;
}
