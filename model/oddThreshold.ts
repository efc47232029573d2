/** From which distance on a row is out of distribution. */
import { distances, prepareReference } from '../lib/outOfDistribution.ts';
import type { Row } from './dataset.ts';
import { pick, stratifiedFolds } from './folds.ts';
import { fitMoments } from './reference.ts';

/**
 * The distance that a given share of rows like the training data exceeds, from rows held out of the
 * fit: the quantile of cross-conformal prediction (V. Vovk, 2015).
 */
export function oddThreshold(
  rows: readonly Row[],
  labels: readonly number[],
  rate: number,
  seed: number,
): number {
  const scores = stratifiedFolds(labels, seed).flatMap(({ train, heldOut }) => {
    const moments = fitMoments(pick(rows, train), pick(labels, train));
    const reference = prepareReference({ ...moments, threshold: 0, falseAlarmRate: 0 });
    return [...distances(reference, Float64Array.from(pick(rows, heldOut).flat()))];
  });
  scores.sort((a, b) => a - b);
  // With too few rows for the rate it is the greatest score.
  const rank = Math.min(scores.length, Math.ceil((scores.length + 1) * (1 - rate)));
  return scores[rank - 1] as number;
}
