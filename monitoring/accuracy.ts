/** How often the model is right, in PromQL: as estimated without labels, as observed by labels, and as in training. */
import { increase, rate, type Selection, share } from 'lambdascope/dashboards/promql';
import { CORRECT, metrics } from './modelSeries.ts';
import { thresholds } from './thresholds.ts';

const { standardErrors } = thresholds.estimatedAccuracy;

/** Accuracy on held-out training rows, by model version. */
export const TRAINING_ACCURACY = `max by (model_version) (${metrics.trainingAccuracy.name})`;

/**
 * Confidence-based performance estimation (J. Białek and others, Estimating model performance under
 * covariate shift without labels, 2024): the mean of how often such vote shares were right in training.
 */
export function estimatedAccuracy(selection: Selection): string {
  return share(rate(metrics.estimatedCorrect, selection), rate(metrics.predictions, selection));
}

/** How far chance may take the accuracy of as many rows from that in training, up or down, by function and model version. */
export function chanceBand(selection: Selection): string {
  const rows = increase(metrics.predictions, { ...selection, by: ['function', 'model_version'] });
  return [
    `${standardErrors} * sqrt(`,
    `  1 / (${rows} > 0)`,
    `  * on (model_version) group_left () (${TRAINING_ACCURACY} * (1 - ${TRAINING_ACCURACY}))`,
    ')',
  ].join('\n');
}

/** Labels in a window whose prediction was correct, as a share of labels, by model version. */
export function observedAccuracy(window: string): string {
  const labels = { by: ['model_version'], functions: 'every', window } as const;
  return share(rate(metrics.labels, { ...labels, where: CORRECT }), rate(metrics.labels, labels));
}
