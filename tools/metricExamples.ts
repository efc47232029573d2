/** An example query for every metric, for the documents; each is run on a real Prometheus in a test. */
import type { MetricKey } from '../lib/metrics.ts';

/** A question, and the PromQL that answers it. */
export interface MetricExample {
  readonly question: string;
  readonly query: string;
}

export const metricExamples: Readonly<Record<MetricKey, MetricExample>> = {
  requests: {
    question: 'Requests per second, by function',
    query: 'sum by (function) (rate(api_requests_total[1m]))',
  },
  latency: {
    question: '95th percentile, cold starts included',
    query: 'histogram_quantile(0.95, sum by (le) (rate(api_request_latency_seconds_bucket[1m])))',
  },
  slowest: {
    question: 'The slowest request of each step, cold and warm apart',
    query: 'max by (cold_start) (api_request_latency_max_seconds)',
  },
  requestSize: {
    question: 'Mean size of a request',
    query: 'rate(api_request_size_bytes_sum[5m]) / rate(api_request_size_bytes_count[5m])',
  },
  responseSize: {
    question: 'Bytes sent per second',
    query: 'sum(rate(api_response_size_bytes_sum[5m]))',
  },
  batchSize: {
    question: 'Rows in the median batch',
    query: 'histogram_quantile(0.5, sum by (le) (rate(api_batch_size_bucket[5m])))',
  },
  clientRequests: {
    question: 'The five busiest clients',
    query: 'topk(5, sum by (client) (rate(api_client_requests_total[5m])))',
  },
  coldStarts: {
    question: 'Share of requests that were cold',
    query: 'sum(rate(lambda_cold_starts_total[5m])) / sum(rate(api_requests_total[5m]))',
  },
  initDuration: {
    question: 'Mean init time',
    query:
      'sum(rate(lambda_init_duration_seconds_sum[5m])) / sum(rate(lambda_init_duration_seconds_count[5m]))',
  },
  inFlight: {
    question: 'Invocations at this time',
    query: 'sum(lambda_invocations_in_flight)',
  },
  mostInFlight: {
    question: 'Most invocations of a function at one time, seen however short they were',
    query: 'max by (function) (max_over_time(lambda_invocations_in_flight_max[5m]))',
  },
  instances: {
    question: 'Instances alive',
    query: 'sum by (function) (lambda_instances)',
  },
  errors: {
    question: 'Errors per second, by kind',
    query: 'sum by (kind) (rate(lambda_errors_total[1m]))',
  },
  heapUsed: {
    question: 'Heap in MiB',
    query: 'lambda_heap_used_bytes / 1024 ^ 2',
  },
  eventLoopUtilization: {
    question: 'The busiest function',
    query: 'topk(1, lambda_event_loop_utilization_ratio)',
  },
  predictions: {
    question: 'Rows per second, by function and class',
    query: 'sum by (function, class) (rate(model_predictions_total[5m]))',
  },
  confidence: {
    question: 'The least sure tenth of the rows of each function is below',
    query:
      'histogram_quantile(0.1, sum by (function, le) (rate(model_prediction_confidence_bucket[5m])))',
  },
  outOfDistribution: {
    question: 'Share of rows far outside the training data, by function',
    query:
      'sum by (function) (rate(model_out_of_distribution_total[5m])) / sum by (function) (rate(model_predictions_total[5m]))',
  },
  inference: {
    question: 'Median time in the model',
    query:
      'histogram_quantile(0.5, sum by (function, le) (rate(model_inference_seconds_bucket[5m])))',
  },
  featureValue: {
    question: 'Mean of each feature, as each function got it',
    query: 'rate(model_feature_value_sum[5m]) / rate(model_feature_value_count[5m])',
  },
  trainingFeatureValue: {
    question: 'Mean of each feature, in training',
    query: 'model_training_feature_value_sum / model_training_feature_value_count',
  },
  modelInfo: {
    question: 'Which model is served',
    query: 'model_info',
  },
};
