/** The definitions of what a model reports; they follow from its description, so that no model need be there. */
import type { BucketCounts } from 'lambdascope/metrics';
import type { Model } from './model.ts';

/** The functions that predict. */
const FUNCTIONS = ['predict', 'batchPredict'] as const;

/** The function that takes labels. */
const LABELS = { function: 'labels' } as const;

/** The most pairs of classes that are there before their first event: beyond, most never come. */
const MOST_KNOWN_PAIRS = 150;

/** Whether a prediction was the true class. */
const OUTCOMES = ['correct', 'wrong'] as const;

/** Why labels are no metrics in CloudWatch. */
const JOINED_LATER = 'the log has them, to be joined with predictions; see docs/deploy.md';

/** Edges from 1 µs to 100 ms. */
const INFERENCE_SECONDS = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2,
  5e-2, 0.1,
] as const;

/** What estimated accuracy is, and when it holds. */
export const ESTIMATE =
  'share of answers expected to be right, with no true class known: how often as high a vote share was right on ' +
  'held-out training rows, in the mean. It assumes that rows that look alike still belong to the same class, and ' +
  'that they look like the training data: a change of what the classes mean is not seen.';

/** What the definitions follow from: what is known of a model without its forest. */
export type ModelDescription = Pick<
  Model,
  'name' | 'version' | 'sha256' | 'trainingRows' | 'classes' | 'features' | 'heldOut'
>;

/** The definitions of a model's metrics. */
export function modelMetrics({ name, version, sha256, ...description }: ModelDescription) {
  const { trainingRows, classes, features, heldOut } = description;
  const byFunction = FUNCTIONS.map((one) => ({ function: one }));
  const byVersion = byFunction.map((labels) => ({ ...labels, model_version: version }));
  const pairs = classes.flatMap((one) =>
    classes
      .filter((other) => other !== one)
      .map((other) => ({ ...LABELS, class: one, prediction: other, model_version: version })),
  );
  const edges = Object.fromEntries(features.map((feature) => [feature.name, feature.deciles]));
  return {
    batchSize: {
      name: 'api_batch_size',
      kind: 'histogram',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000],
      help: 'Rows in an accepted batch.',
      known: byFunction,
    },
    predictions: {
      name: 'model_predictions_total',
      kind: 'counter',
      labels: ['class', 'model_version'],
      help: 'Rows classified, by predicted class.',
      known: byVersion.flatMap((labels) => classes.map((one) => ({ ...labels, class: one }))),
      panel: { title: 'Predicted classes', show: 'share', perRequestOf: 'model_inference_seconds' },
      // Not by function and class, as in Prometheus: that would be another set of metrics for each.
      cloudWatch: { dimensions: [[], ['function'], ['class']] },
    },
    confidence: {
      name: 'model_prediction_confidence',
      kind: 'histogram',
      labels: ['model_version'],
      buckets: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1],
      help: 'Vote share of the predicted class, by row.',
      known: byVersion,
      panel: {
        title: 'Confidence',
        show: 'quantiles',
        quantiles: [0.1],
        perRequestOf: 'model_inference_seconds',
      },
    },
    outOfDistribution: {
      name: 'model_out_of_distribution_total',
      kind: 'counter',
      labels: ['model_version'],
      help: 'Rows far outside the training data.',
      known: byVersion,
      panel: {
        title: 'Out of distribution',
        show: 'ratio',
        of: 'model_predictions_total',
        perRequestOf: 'model_inference_seconds',
      },
    },
    trainingPredictions: {
      name: 'model_training_predictions',
      kind: 'gauge',
      labels: ['class', 'model_version'],
      help: 'Training rows by the class predicted while they were held out, constant: what model_predictions_total is compared with to see drift.',
      constants: classes.map((one, index) => ({
        labels: { class: one, model_version: version },
        value: heldOut.predictions[index] ?? 0,
      })),
      panel: {
        title: 'Drift of predicted classes',
        description: 'How far the shares of predicted classes are from those in training.',
        show: 'drift',
        of: 'model_predictions_total',
      },
      cloudWatch: 'constant; model/MODEL_CARD.md has it',
    },
    estimatedCorrect: {
      name: 'model_estimated_correct_total',
      kind: 'counter',
      labels: ['model_version'],
      help: 'Rows expected to be classified right.',
      known: byVersion,
      panel: {
        title: 'Estimated accuracy',
        description: `Estimated: ${ESTIMATE}`,
        show: 'ratio',
        of: 'model_predictions_total',
        perRequestOf: 'model_inference_seconds',
      },
    },
    trainingAccuracy: {
      name: 'model_training_accuracy_ratio',
      kind: 'gauge',
      labels: ['model_version'],
      help: 'Accuracy on training rows while they were held out, constant.',
      constants: [
        { labels: { model_version: version }, value: heldOut.right / Math.max(1, trainingRows) },
      ],
      cloudWatch: 'constant; model/MODEL_CARD.md has it',
    },
    labels: {
      name: 'model_labels_total',
      kind: 'counter',
      labels: ['outcome', 'class', 'model_version'],
      help: 'Labels taken, by whether the prediction was correct and by true class.',
      known: classes.flatMap((one) =>
        OUTCOMES.map((outcome) => ({ ...LABELS, outcome, class: one, model_version: version })),
      ),
      panel: {
        title: 'Accuracy',
        description: 'Share of the labels taken whose prediction was correct.',
        show: 'share',
      },
      cloudWatch: JOINED_LATER,
    },
    confusions: {
      name: 'model_confusions_total',
      kind: 'counter',
      labels: ['class', 'prediction', 'model_version'],
      help: 'Labels taken whose prediction was wrong, by true and predicted class.',
      known: pairs.length > MOST_KNOWN_PAIRS ? [] : pairs,
      cloudWatch: JOINED_LATER,
    },
    inference: {
      name: 'model_inference_seconds',
      kind: 'histogram',
      buckets: INFERENCE_SECONDS,
      help: 'Time in the forest and the out-of-distribution check, by request.',
      known: byFunction,
    },
    featureValue: {
      name: 'model_feature_value',
      kind: 'histogram',
      labels: ['feature', 'model_version'],
      buckets: { by: 'feature', edges },
      help: "Values seen of each feature; the bucket edges are the feature's training deciles.",
      known: byVersion.flatMap((labels) =>
        features.map((feature) => ({ ...labels, feature: feature.name })),
      ),
      cloudWatch: { dimensions: [['feature']], inTurn: true },
    },
    trainingFeatureValue: {
      name: 'model_training_feature_value',
      kind: 'histogram',
      labels: ['feature', 'model_version'],
      buckets: { by: 'feature', edges },
      help: 'The training data in the same buckets, constant: what model_feature_value is compared with to see drift.',
      constants: features.map((feature) => ({
        labels: { feature: feature.name, model_version: version },
        value: trainingValues(feature, trainingRows),
      })),
      panel: {
        title: 'Drift by feature',
        description: 'How far the values of each feature are from the training data.',
        show: 'drift',
        of: 'model_feature_value',
      },
      cloudWatch: 'constant; model/MODEL_CARD.md has it',
    },
    modelInfo: {
      name: 'model_info',
      kind: 'gauge',
      labels: ['name', 'version', 'sha256'],
      help: 'The model that is served; always 1.',
      constants: [{ labels: { name, version, sha256 }, value: 1 }],
      panel: { title: 'Model', show: 'info' },
      cloudWatch: 'constant; the model card tells it',
    },
  } as const;
}

/** The training data of a feature, by bucket. */
function trainingValues(
  { cumulativeCounts, mean }: Model['features'][number],
  rows: number,
): BucketCounts {
  const atOrBelow = [...cumulativeCounts, rows];
  const counts = atOrBelow.map((count, index) => count - (atOrBelow[index - 1] ?? 0));
  return { counts, sum: mean * rows };
}
