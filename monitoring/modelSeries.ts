/** The model's metrics as queries and alarms ask for them, whichever model it is. */
import { queried } from 'lambdascope/dashboards/promql';
import { modelMetrics } from '../lib/modelDefinitions.ts';

/** Names and labels do not depend on the model, and so nothing here fails for want of one. */
export const definitions = modelMetrics({
  name: '',
  version: '',
  sha256: '',
  trainingRows: 0,
  classes: [''],
  features: [],
  heldOut: { predictions: [], right: 0 },
});

/** For PromQL, by what the code calls them. */
export const metrics = {
  batchSize: queried(definitions.batchSize),
  predictions: queried(definitions.predictions),
  confidence: queried(definitions.confidence),
  outOfDistribution: queried(definitions.outOfDistribution),
  trainingPredictions: queried(definitions.trainingPredictions),
  estimatedCorrect: queried(definitions.estimatedCorrect),
  trainingAccuracy: queried(definitions.trainingAccuracy),
  labels: queried(definitions.labels),
  confusions: queried(definitions.confusions),
  inference: queried(definitions.inference),
  featureValue: queried(definitions.featureValue),
  trainingFeatureValue: queried(definitions.trainingFeatureValue),
  modelInfo: queried(definitions.modelInfo),
} as const;

/** Labels whose prediction was the true class. */
export const CORRECT = 'outcome="correct"';
