/** The one table of metrics: name, kind, unit, labels, buckets and help, for every sink, dashboard, rule and document. */

/** How a metric behaves, in Prometheus' terms. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** The base unit of a metric's values. */
export type MetricUnit = 'seconds' | 'bytes' | 'ratio' | 'count' | 'feature';

/** What a metric is called, what it counts and how it may be split. */
export interface MetricDefinition {
  /** Name after Prometheus' naming practices: base unit, `_total` for counters. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** Label names; every label has a bounded set of values. */
  readonly labels: readonly string[];
  /** Upper bounds in the metric's unit (histograms only); `'deciles'` takes each feature's own training deciles. */
  readonly buckets?: readonly number[] | 'deciles';
  readonly help: string;
}

/**
 * 0.5 ms to 10 s, with an edge at each latency objective's threshold; finer from 50 ms to 1 s, where
 * cold starts are.
 */
const LATENCY_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1,
  2.5, 5, 10,
] as const;
/**
 * How long a maximum lasts, such as the slowest request: while a push may be held back, and two
 * scrapes more, so that none comes and goes unseen.
 */
export const RECENT_SECONDS = 20;
/** 1 µs to 100 ms. */
const INFERENCE_SECONDS = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2,
  5e-2, 0.1,
] as const;
/** 64 B to 4 MiB. */
const SIZE_BYTES = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304] as const;

/** Every metric of lambdascope, keyed by what the code calls it. */
export const metrics = {
  requests: {
    name: 'api_requests_total',
    kind: 'counter',
    unit: 'count',
    labels: ['function', 'method', 'route', 'status'],
    help: 'Requests that a function answered, by HTTP status.',
  },
  latency: {
    name: 'api_request_latency_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['function', 'route', 'cold_start'],
    buckets: LATENCY_SECONDS,
    help: 'Time from the start of an invocation to its answer; a cold invocation includes its init time.',
  },
  slowest: {
    name: 'api_request_latency_max_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['function', 'cold_start'],
    help: `Latency of the slowest request of the last ${RECENT_SECONDS} s; 0 when there was none.`,
  },
  requestSize: {
    name: 'api_request_size_bytes',
    kind: 'histogram',
    unit: 'bytes',
    labels: ['function'],
    buckets: SIZE_BYTES,
    help: 'Size of request bodies.',
  },
  responseSize: {
    name: 'api_response_size_bytes',
    kind: 'histogram',
    unit: 'bytes',
    labels: ['function'],
    buckets: SIZE_BYTES,
    help: 'Size of response bodies.',
  },
  batchSize: {
    name: 'api_batch_size',
    kind: 'histogram',
    unit: 'count',
    labels: ['function'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000],
    help: 'Rows in an accepted batch.',
  },
  clientRequests: {
    name: 'api_client_requests_total',
    kind: 'counter',
    unit: 'count',
    labels: ['client'],
    help: 'Requests by API key id; at most 50 clients, then "other".',
  },
  coldStarts: {
    name: 'lambda_cold_starts_total',
    kind: 'counter',
    unit: 'count',
    labels: ['function'],
    help: 'Invocations that had to wait for a new instance.',
  },
  initDuration: {
    name: 'lambda_init_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['function'],
    buckets: LATENCY_SECONDS,
    help: 'Time from the start of an instance to the end of module load.',
  },
  inFlight: {
    name: 'lambda_invocations_in_flight',
    kind: 'gauge',
    unit: 'count',
    labels: ['function'],
    help: 'Invocations that have begun and not yet answered.',
  },
  mostInFlight: {
    name: 'lambda_invocations_in_flight_max',
    kind: 'gauge',
    unit: 'count',
    labels: ['function'],
    help: `Most invocations at one time in the last ${RECENT_SECONDS} s; 0 when there was none.`,
  },
  instances: {
    name: 'lambda_instances',
    kind: 'gauge',
    unit: 'count',
    labels: ['function'],
    help: 'Instances alive, busy or idle.',
  },
  errors: {
    name: 'lambda_errors_total',
    kind: 'counter',
    unit: 'count',
    labels: ['function', 'kind'],
    help: 'Invocations that did not succeed: validation (the input), handler (the code), timeout (the time limit).',
  },
  heapUsed: {
    name: 'lambda_heap_used_bytes',
    kind: 'gauge',
    unit: 'bytes',
    labels: ['function'],
    help: 'JavaScript heap in use in the instance that answered last.',
  },
  eventLoopUtilization: {
    name: 'lambda_event_loop_utilization_ratio',
    kind: 'gauge',
    unit: 'ratio',
    labels: ['function'],
    help: 'Share of time that the event loop of the instance that answered last was busy, since its previous answer.',
  },
  predictions: {
    name: 'model_predictions_total',
    kind: 'counter',
    unit: 'count',
    labels: ['function', 'class', 'model_version'],
    help: 'Rows classified, by predicted class.',
  },
  confidence: {
    name: 'model_prediction_confidence',
    kind: 'histogram',
    unit: 'ratio',
    labels: ['function', 'model_version'],
    buckets: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1],
    help: 'Vote share of the predicted class, by row.',
  },
  outOfDistribution: {
    name: 'model_out_of_distribution_total',
    kind: 'counter',
    unit: 'count',
    labels: ['function', 'model_version'],
    help: 'Rows far outside the training data.',
  },
  inference: {
    name: 'model_inference_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['function'],
    buckets: INFERENCE_SECONDS,
    help: 'Time in the forest and the out-of-distribution check, by request.',
  },
  featureValue: {
    name: 'model_feature_value',
    kind: 'histogram',
    unit: 'feature',
    labels: ['function', 'feature', 'model_version'],
    buckets: 'deciles',
    help: "Values seen of each feature; the bucket edges are the feature's training deciles.",
  },
  trainingFeatureValue: {
    name: 'model_training_feature_value',
    kind: 'histogram',
    unit: 'feature',
    labels: ['feature', 'model_version'],
    buckets: 'deciles',
    help: 'The training data in the same buckets, constant: what model_feature_value is compared with to see drift.',
  },
  modelInfo: {
    name: 'model_info',
    kind: 'gauge',
    unit: 'count',
    labels: ['name', 'version', 'sha256'],
    help: 'The model that is served; always 1.',
  },
} as const satisfies Record<string, MetricDefinition>;

/** What the code calls a metric: a key of the table. */
export type MetricKey = keyof typeof metrics;
