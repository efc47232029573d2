/** Predictions as counts in the metrics' buckets, so that a batch of 10,000 rows costs the aggregator what one row costs. */
import { metrics } from './metrics.ts';
import type { Model } from './model.ts';
import type { PredictionsObserved } from './observation.ts';

/** What the buckets and labels of a model's metrics follow from. */
export type ModelDescription = Pick<
  Model,
  'name' | 'version' | 'sha256' | 'trainingRows' | 'classes' | 'features'
>;

/** Values sorted into buckets. */
export interface BucketCounts {
  /** Values above the previous edge and at or below this one; one more, last, for those above every edge. */
  readonly counts: number[];
  sum: number;
}

/** The predictions of one invocation, condensed. */
export interface PredictionCounts {
  readonly modelVersion: string;
  /** Rows by predicted class, in the model's order. */
  readonly classes: readonly number[];
  readonly confidence: BucketCounts;
  /** In the model's order. */
  readonly features: readonly BucketCounts[];
  readonly outOfDistribution: number;
  readonly inferenceSeconds: number;
}

/** A sum must stay finite and keep its small digits, whatever a client sends. */
const LARGEST_SUMMAND = 1e9;

/** Counts predictions by class and bucket. */
export function countPredictions(
  { classes, confidences, features, ...rest }: PredictionsObserved,
  model: ModelDescription,
): PredictionCounts {
  const byClass = model.classes.map(() => 0);
  for (const index of classes) byClass[index] = (byClass[index] ?? 0) + 1;
  const width = model.features.length;
  return {
    modelVersion: rest.modelVersion,
    classes: byClass,
    confidence: countColumn(confidences, 0, 1, metrics.confidence.buckets),
    features: model.features.map(({ deciles }, index) =>
      countColumn(features, index, width, deciles),
    ),
    outOfDistribution: rest.outOfDistribution,
    inferenceSeconds: rest.inferenceSeconds,
  };
}

/** Counts every `step`-th value from `start`. */
function countColumn(
  values: Float64Array,
  start: number,
  step: number,
  edges: readonly number[],
): BucketCounts {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let sum = 0;
  for (let index = start; index < values.length; index += step) {
    const value = values[index] as number;
    let bucket = 0;
    while (bucket < edges.length && value > (edges[bucket] as number)) bucket += 1;
    counts[bucket] = (counts[bucket] as number) + 1;
    sum += Math.max(-LARGEST_SUMMAND, Math.min(LARGEST_SUMMAND, value));
  }
  return { counts, sum };
}
