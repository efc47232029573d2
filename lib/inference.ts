/** A model's answer to a batch of rows: the forest's votes and the out-of-distribution check. */
import { span } from 'lambdascope/span';
import { countVotes, winners } from './forest.ts';
import type { Model } from './model.ts';
import { distances } from './outOfDistribution.ts';

/** What the model says of each row, in the order of the rows. */
export interface Inference {
  readonly count: number;
  /** Index of the predicted class. */
  readonly classes: Uint8Array;
  /** Trees that voted for each class, `classes.length` of the model a row. */
  readonly votes: Uint16Array;
  /** Vote share of the predicted class, 0 to 1. */
  readonly confidences: Float64Array;
  /** How many of the rows are expected to be classified right. */
  readonly expectedCorrect: number;
  /** Distance from the training data, always finite. */
  readonly scores: Float64Array;
  /** 1 where the score is above the model's threshold. */
  readonly outOfDistribution: Uint8Array;
  readonly outOfDistributionCount: number;
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

/**
 * Classifies rows and tells which lie outside the training data.
 *
 * @param rows feature values in the model's order, row after row
 */
export function infer(model: Model, rows: Float64Array): Inference {
  const start = performance.now();
  const { forest, accuracyByVotes, outOfDistribution: reference } = model;
  const { featureCount, classCount } = forest;
  const count = rows.length / featureCount;
  const votes = span('forest', () => countVotes(forest, rows));
  const classes = winners(forest, rows, votes);
  const scores = span('outOfDistribution', () => distances(reference, rows));
  const confidences = new Float64Array(count);
  const outOfDistribution = new Uint8Array(count);
  let outOfDistributionCount = 0;
  let expectedCorrect = 0;
  for (let row = 0; row < count; row += 1) {
    const votesForIt = votes[row * classCount + (classes[row] as number)] as number;
    confidences[row] = votesForIt / forest.trees;
    expectedCorrect += accuracyByVotes[votesForIt] as number;
    if ((scores[row] as number) > reference.threshold) {
      outOfDistribution[row] = 1;
      outOfDistributionCount += 1;
    }
  }
  return {
    count,
    classes,
    votes,
    confidences,
    expectedCorrect,
    scores,
    outOfDistribution,
    outOfDistributionCount,
    seconds: (performance.now() - start) / 1000,
  };
}
