/** From the model's raw results to what the client reads. */
import { featuresAtFault } from './featuresAtFault.ts';
import type { Inference } from './inference.ts';
import type { Model } from './model.ts';
import type { Prediction, Warning } from './schemas.ts';

/** Scores and shares are given to four decimals; more would be noise. */
const DECIMALS = 1e4;

/** The answer for one row of an inference. */
export function prediction(
  model: Model,
  rows: Float64Array,
  inference: Inference,
  row: number,
): Prediction {
  const { classes } = model;
  const trees = model.forest.trees;
  const probabilities: Record<string, number> = {};
  for (const [index, name] of classes.entries()) {
    probabilities[name] = round((inference.votes[row * classes.length + index] ?? 0) / trees);
  }
  const confidence = inference.confidences[row] ?? 0;
  const outOfDistribution = inference.outOfDistribution[row] === 1;
  const warnings: Warning[] = [];
  if (outOfDistribution) warnings.push(outOfDistributionWarning(model, rows, inference, row));
  if (confidence < model.lowConfidence) warnings.push(lowConfidenceWarning(model, confidence));
  return {
    prediction: classes[inference.classes[row] ?? 0] ?? '',
    probabilities,
    confidence: round(confidence),
    out_of_distribution: outOfDistribution,
    warnings,
  };
}

/** The answers for every row of an inference, as a JSON array. */
export function predictionsJson(model: Model, rows: Float64Array, inference: Inference): string {
  const written = new Map<number, string>();
  // Appended, not joined: an engine that keeps the parts copies them once, when the answer is sent.
  let json = '[';
  for (let row = 0; row < inference.count; row += 1) {
    const key = answerKey(model, inference, row);
    let answer = key === undefined ? undefined : written.get(key);
    if (answer === undefined) {
      answer = JSON.stringify(prediction(model, rows, inference, row));
      if (key !== undefined) written.set(key, answer);
    }
    json += row === 0 ? answer : `,${answer}`;
  }
  return `${json}]`;
}

/**
 * A number that only rows with the same answer share. Within the training data that is those with
 * the same votes, and few counts of votes are many rows': writing each once takes a tenth of the time.
 */
function answerKey({ forest }: Model, inference: Inference, row: number): number | undefined {
  if (inference.outOfDistribution[row] === 1) return undefined;
  const { trees, classCount } = forest;
  let key = inference.classes[row] as number;
  for (let index = 0; index < classCount; index += 1) {
    key = key * (trees + 1) + (inference.votes[row * classCount + index] as number);
  }
  // Beyond, numbers of different votes round to the same.
  return Number.isSafeInteger(key) ? key : undefined;
}

function outOfDistributionWarning(
  model: Model,
  rows: Float64Array,
  inference: Inference,
  row: number,
): Warning {
  const width = model.features.length;
  const features = featuresAtFault(model, rows.subarray(row * width, (row + 1) * width));
  const names = features.map(({ name }) => name).join(', ');
  return {
    code: 'out_of_distribution',
    detail: `Far from the training data in ${names}.`,
    score: round(inference.scores[row] ?? 0),
    threshold: round(model.outOfDistribution.threshold),
    features,
  };
}

function lowConfidenceWarning({ lowConfidence }: Model, confidence: number): Warning {
  return {
    code: 'low_confidence',
    detail: `Only ${Math.round(confidence * 100)} % of the trees agree on the class.`,
    score: round(confidence),
    threshold: round(lowConfidence),
  };
}

function round(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}
