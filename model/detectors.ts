/** The out-of-distribution scores that the model card compares; the first one is served. */
import { distances, prepareReference } from '../lib/outOfDistribution.ts';
import type { Row } from './dataset.ts';
import { pick, stratifiedFolds } from './folds.ts';
import { isolationScore } from './isolationForest.ts';
import { fitMoments } from './reference.ts';

/** Neighbours of the nearest-neighbour score. */
const NEIGHBOURS = 5;

/** Gives each row a score: the greater, the further out of distribution. */
export type Score = (rows: readonly Row[]) => number[];

/** A way to learn from training rows what is far from them. */
export interface Detector {
  readonly name: string;
  readonly fit: (rows: readonly Row[], labels: readonly number[], seed: number) => Score;
}

/** What is served. */
export const servedDetector: Detector = {
  name: 'Mahalanobis distance to the nearest class, one covariance',
  fit: (rows, labels) => mahalanobis(rows, labels),
};

const covarianceEach: Detector = {
  name: 'Mahalanobis distance to the nearest class, a covariance for each',
  fit(rows, labels) {
    const classes = Map.groupBy(rows, (_, row) => labels[row]);
    const scores = [...classes.values()].map((members) =>
      mahalanobis(
        members,
        members.map(() => 0),
      ),
    );
    return (others) => {
      const byClass = scores.map((score) => score(others));
      return others.map((_, row) =>
        Math.min(...byClass.map((distances) => distances[row] as number)),
      );
    };
  },
};

const nearestNeighbours: Detector = {
  name: `Euclidean distance to the ${NEIGHBOURS}th nearest training row, features scaled`,
  fit(rows) {
    const scales = (rows[0] ?? []).map((_, i) => {
      const values = rows.map((row) => row[i] as number).sort((a, b) => a - b);
      return (values.at(-1) as number) - (values[0] as number) || 1;
    });
    return (others) =>
      others.map((other) => {
        const squared = rows.map((row) =>
          row.reduce((sum, value, i) => {
            const difference = (value - (other[i] as number)) / (scales[i] as number);
            return sum + difference ** 2;
          }, 0),
        );
        return Math.sqrt(squared.sort((a, b) => a - b)[NEIGHBOURS - 1] as number);
      });
  },
};

const isolation: Detector = {
  name: 'Isolation forest',
  fit(rows, _labels, seed) {
    const score = isolationScore(rows, seed);
    return (others) => others.map(score);
  },
};

/** Every score compared. */
export const detectors: readonly Detector[] = [
  servedDetector,
  covarianceEach,
  nearestNeighbours,
  isolation,
];

/**
 * The score that a given share of rows like the training data exceeds, from rows held out of the
 * fit: the quantile of cross-conformal prediction (V. Vovk, 2015).
 */
export function threshold(
  detector: Detector,
  rows: readonly Row[],
  labels: readonly number[],
  rate: number,
  seed: number,
): number {
  const scores = stratifiedFolds(labels, seed).flatMap(({ train, heldOut }) =>
    detector.fit(pick(rows, train), pick(labels, train), seed)(pick(rows, heldOut)),
  );
  scores.sort((a, b) => a - b);
  // With too few rows for the rate it is the greatest score.
  const rank = Math.min(scores.length, Math.ceil((scores.length + 1) * (1 - rate)));
  return scores[rank - 1] as number;
}

function mahalanobis(rows: readonly Row[], labels: readonly number[]): Score {
  const reference = prepareReference({
    ...fitMoments(rows, labels),
    threshold: 0,
    falseAlarmRate: 0,
  });
  return (others) => [...distances(reference, Float64Array.from(others.flat()))];
}
