/** The metrics that the kit itself keeps of every service: for its sinks, its page, dashboards and rules. */
import type { MetricDefinition } from './metrics.ts';

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
/** 64 B to 4 MiB. */
const SIZE_BYTES = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304] as const;

/** Every one of them, by what the code calls it; here `labels` names `function` too. */
export const metrics = {
  requests: {
    name: 'api_requests_total',
    kind: 'counter',
    labels: ['function', 'method', 'route', 'status'],
    help: 'Requests to a function, by the HTTP status that its client got: its own, or that of a limit which refused it.',
  },
  latency: {
    name: 'api_request_latency_seconds',
    kind: 'histogram',
    labels: ['function', 'route', 'cold_start'],
    buckets: LATENCY_SECONDS,
    help: 'Time from the start of an invocation to its answer; a cold invocation includes its init time.',
    cloudWatch: { dimensions: [[], ['function'], ['function', 'cold_start']] },
  },
  slowest: {
    name: 'api_request_latency_max_seconds',
    kind: 'gauge',
    labels: ['function', 'cold_start'],
    help: `Latency of the slowest request of the last ${RECENT_SECONDS} s; 0 when there was none.`,
    cloudWatch: 'CloudWatch has the Maximum of `api_request_latency_seconds`',
  },
  requestSize: {
    name: 'api_request_size_bytes',
    kind: 'histogram',
    labels: ['function'],
    buckets: SIZE_BYTES,
    help: 'Size of request bodies.',
    cloudWatch: { inTurn: true },
  },
  responseSize: {
    name: 'api_response_size_bytes',
    kind: 'histogram',
    labels: ['function'],
    buckets: SIZE_BYTES,
    help: 'Size of response bodies.',
    cloudWatch: { inTurn: true },
  },
  clientRequests: {
    name: 'api_client_requests_total',
    kind: 'counter',
    labels: ['client'],
    help: 'Requests by API key id; at most 50 clients, then "other".',
    cloudWatch: 'as many metrics as keys; the client is a property of the line, and in access logs',
  },
  coldStarts: {
    name: 'lambda_cold_starts_total',
    kind: 'counter',
    labels: ['function'],
    help: 'Invocations that had to wait for a new instance.',
  },
  initDuration: {
    name: 'lambda_init_duration_seconds',
    kind: 'histogram',
    labels: ['function'],
    buckets: LATENCY_SECONDS,
    help: 'Time from the start of an instance to the end of module load.',
  },
  initConcurrency: {
    name: 'lambda_init_concurrency',
    kind: 'histogram',
    labels: ['function'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    help: 'Most instances that were starting at once, itself among them, while that of a cold start did: more than cores make each init longer, here but not in AWS.',
    cloudWatch: 'in AWS instances that start at once do not compete',
  },
  inFlight: {
    name: 'lambda_invocations_in_flight',
    kind: 'gauge',
    labels: ['function'],
    help: 'Invocations that have begun and not yet answered.',
    cloudWatch: 'AWS/Lambda has ConcurrentExecutions',
  },
  mostInFlight: {
    name: 'lambda_invocations_in_flight_max',
    kind: 'gauge',
    labels: ['function'],
    help: `Most invocations at one time in the last ${RECENT_SECONDS} s; 0 when there was none.`,
    cloudWatch: 'AWS/Lambda has the Maximum of ConcurrentExecutions',
  },
  instances: {
    name: 'lambda_instances',
    kind: 'gauge',
    labels: ['function'],
    help: 'Instances alive, busy or idle.',
    cloudWatch: 'AWS/Lambda has ConcurrentExecutions and ProvisionedConcurrentExecutions',
  },
  errors: {
    name: 'lambda_errors_total',
    kind: 'counter',
    labels: ['function', 'kind'],
    help: 'Invocations that did not succeed: validation (the input), handler (the code), timeout (the time limit), memory (the memory limit).',
    cloudWatch: { dimensions: [[], ['function'], ['function', 'kind']] },
  },
  throttled: {
    name: 'api_throttled_total',
    kind: 'counter',
    labels: ['function', 'reason'],
    help: 'Requests and invocations that were refused before the function got them: reserved, account or scaling (concurrency), rate, burst or quota (usage plan or method).',
    cloudWatch: 'AWS/Lambda has Throttles, and AWS/ApiGateway counts its own refusals in 4XXError',
  },
  inits: {
    name: 'lambda_inits_total',
    kind: 'counter',
    labels: ['function', 'initialization_type'],
    help: 'Instances that have loaded: on-demand (a request waits), or provisioned-concurrency (before any).',
    cloudWatch:
      'AWS/Lambda has ProvisionedConcurrencySpilloverInvocations, and REPORT lines the rest',
  },
  maxMemoryUsed: {
    name: 'lambda_max_memory_used_bytes',
    kind: 'gauge',
    labels: ['function'],
    help: `Most memory that an instance used during an invocation of the last ${RECENT_SECONDS} s; 0 when there was none.`,
    cloudWatch: 'the REPORT lines of Lambda have it, and Lambda Insights',
  },
  memorySize: {
    name: 'lambda_memory_size_bytes',
    kind: 'gauge',
    labels: ['function'],
    help: 'Memory that an instance may use: `memorySize` of its function.',
    cloudWatch: 'it is the configuration of the function',
  },
  heapUsed: {
    name: 'lambda_heap_used_bytes',
    kind: 'gauge',
    labels: ['function'],
    help: 'JavaScript heap in use in the instance that answered last.',
    cloudWatch: { inTurn: true },
  },
  eventLoopUtilization: {
    name: 'lambda_event_loop_utilization_ratio',
    kind: 'gauge',
    labels: ['function'],
    help: 'Share of time that the event loop of the instance that answered last was busy, since its previous answer.',
    cloudWatch: { inTurn: true },
  },
} as const satisfies Record<string, MetricDefinition>;

/** What the code calls a metric: a key of the table. */
export type MetricKey = keyof typeof metrics;
