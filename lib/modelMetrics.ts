/** What the model reports, and how an inference is recorded in it. */
import { defineMetrics } from 'lambdascope/metrics';
import type { Inference } from './inference.ts';
import type { Model } from './model.ts';
import { modelMetrics } from './modelDefinitions.ts';
import { model } from './servedModel.ts';

export const metrics = defineMetrics(modelMetrics(model));

/** Records what the model answered; once an invocation. */
export function recordInference(
  { version, classes, features }: Model,
  rows: Float64Array,
  inference: Inference,
): void {
  const model_version = version;
  const counts = new Uint32Array(classes.length);
  for (const index of inference.classes) counts[index] = (counts[index] ?? 0) + 1;
  for (const [index, name] of classes.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0) metrics.predictions.inc({ class: name, model_version }, count);
  }
  metrics.confidence.observe({ model_version }, inference.confidences);
  metrics.estimatedCorrect.inc({ model_version }, inference.expectedCorrect);
  metrics.outOfDistribution.inc({ model_version }, inference.outOfDistributionCount);
  metrics.inference.observe({}, inference.seconds);
  for (const [index, { name }] of features.entries()) {
    const values = column(rows, index, features.length);
    metrics.featureValue.observe({ feature: name, model_version }, values);
  }
}

/** Records that the true class of a prediction has come. */
export function recordLabel(label: {
  readonly class: string;
  readonly prediction: string;
  readonly model_version: string;
}): void {
  const { class: name, prediction, model_version } = label;
  const outcome = name === prediction ? 'correct' : 'wrong';
  metrics.labels.inc({ outcome, class: name, model_version });
  if (outcome === 'wrong') metrics.confusions.inc({ class: name, prediction, model_version });
}

/** A feature's values; of a single row, its value. */
function column(rows: Float64Array, start: number, width: number): number | Float64Array {
  if (rows.length === width) return rows[start] ?? 0;
  const values = new Float64Array(rows.length / width);
  for (let row = 0; row < values.length; row += 1) values[row] = rows[row * width + start] ?? 0;
  return values;
}
