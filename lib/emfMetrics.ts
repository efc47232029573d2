/** Which metrics go to CloudWatch, and by which dimensions: each combination is a billed metric. */
import { type MetricKey, type MetricUnit, metrics } from './metrics.ts';

/** Namespace of the metrics, unless `AWS_EMF_NAMESPACE` says otherwise. */
export const EMF_NAMESPACE = 'lambdascope';

/** CloudWatch's name of a unit. */
export type EmfUnit = 'Seconds' | 'Bytes' | 'Count' | 'None';

const units: Readonly<Record<MetricUnit, EmfUnit>> = {
  seconds: 'Seconds',
  bytes: 'Bytes',
  count: 'Count',
  ratio: 'None',
  feature: 'None',
};

/** CloudWatch's unit of a metric. */
export function emfUnit(key: MetricKey): EmfUnit {
  return units[metrics[key].unit];
}

/**
 * Metrics that are written together, once for each dimension set. Counters are the amount of one
 * invocation (errors and cold starts as 0 or 1, so that their average is the share): ask for `Sum`.
 *
 * With 4 functions, 3 classes and 4 features that makes at most 97 metrics in CloudWatch. Classes and
 * features are not split by function, as they are in Prometheus: that would be another set of metrics
 * for each function that predicts.
 */
export const emfGroups = {
  /** One line an invocation. */
  invocation: {
    dimensionSets: [[], ['function']],
    metrics: [
      'requests',
      'latency',
      'requestSize',
      'responseSize',
      'batchSize',
      'coldStarts',
      'initDuration',
      'errors',
      'heapUsed',
      'eventLoopUtilization',
      'inference',
      'predictions',
      'confidence',
      'outOfDistribution',
    ],
  },
  /** One line an invocation: warm and cold apart. */
  coldAndWarm: { dimensionSets: [['function', 'cold_start']], metrics: ['latency'] },
  /** One line an invocation that failed. */
  failure: { dimensionSets: [['function', 'kind']], metrics: ['errors'] },
  /** One line for each class that was predicted. */
  byClass: { dimensionSets: [['class']], metrics: ['predictions'] },
  /** One line a feature. */
  byFeature: { dimensionSets: [['feature']], metrics: ['featureValue'] },
} as const satisfies Record<
  string,
  { dimensionSets: readonly (readonly string[])[]; metrics: readonly MetricKey[] }
>;

/** Metrics that EMF does not carry, and why. */
export const notInEmf = {
  slowest: 'CloudWatch has the Maximum of `api_request_latency_seconds`',
  clientRequests:
    'as many metrics as keys; the client is a property of the line, and in access logs',
  inFlight: 'AWS/Lambda has ConcurrentExecutions',
  mostInFlight: 'AWS/Lambda has the Maximum of ConcurrentExecutions',
  instances: 'AWS/Lambda has ConcurrentExecutions and ProvisionedConcurrentExecutions',
  trainingFeatureValue: 'constant; model/MODEL_CARD.md has it',
  modelInfo: 'constant; the version is a property of the line',
} as const satisfies Partial<Record<MetricKey, string>>;
