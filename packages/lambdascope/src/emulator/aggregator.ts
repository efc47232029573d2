/** Adds Observations up for as long as the emulator lives, whatever instances come and go. */
import type { Registry } from 'prom-client';
import type { CountedObservation } from '../lib/localSink.ts';
import { metrics } from '../lib/metrics.ts';
import { type ErrorKind, errorKindOf, type Invocation } from '../lib/observation.ts';
import type { ModelDescription, PredictionCounts } from '../lib/predictionCounts.ts';
import { createInstruments } from './instruments.ts';
import { type Route, statusesOf } from './routes.ts';

/** Clients that are named; the others share one label. */
const MOST_CLIENTS = 50;
const OTHER_CLIENT = 'other';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const ERROR_KINDS = ['validation', 'handler', 'timeout'] as const satisfies readonly ErrorKind[];

/** What the gateway answers when a function gives no status that is one. */
const BAD_GATEWAY = 502;

export interface AggregatorOptions {
  /** Routes of the service; what claims another is not counted. */
  readonly routes: readonly Route[];
  /** Ids of the service's API keys; what claims another shares a label. */
  readonly clients: readonly string[];
}

/** What is known of a request that no instance was given. */
export type RefusedRequest = Pick<Invocation, 'function' | 'method' | 'route' | 'client'>;

/** Counts what instances report. */
export interface Aggregator {
  readonly registry: Registry;
  /** Grows with every change, also when a maximum of late is no longer of late. */
  readonly changes: number;
  /** The model that is served from now on; the series of a new one start at zero. */
  serve(model: ModelDescription): void;
  observe(observation: CountedObservation): void;
  /**
   * Counts an invocation that nothing was reported of, by what the gateway answered.
   *
   * @param answered the status, and seconds from the invocation to its end
   */
  observeUnreported(invocation: Invocation, answered: { status: number; seconds: number }): void;
  /** Counts a request that no instance was given, as all that there may be were busy. */
  observeRefused(request: RefusedRequest, status: number): void;
  /** Counts how many invocations a function has at one time, now that another has begun. */
  begun(name: string, inFlight: number): void;
  /** Nothing comes any more: what is kept from now on must not say that there was a request of late. */
  end(): void;
}

/** An aggregator with every label set that is known beforehand at zero. */
export function createAggregator({ routes, clients }: AggregatorOptions): Aggregator {
  const functions = [...new Set(routes.map((route) => route.function))];
  /** What takes a body may predict. */
  const predicting = routes.filter(({ method }) => method === 'POST');
  const knownRoutes = new Set(routes.map(routeKey));
  const count = createInstruments(functions);
  const models = new Map<string, ModelDescription>();
  const namedClients = new Set(clients.slice(0, MOST_CLIENTS));
  let served: ModelDescription | undefined;
  let changes = 0;
  let rejected = false;

  zeroLabelSets();

  return {
    registry: count.registry,
    get changes() {
      return changes + count.slowest.changes + count.mostInFlight.changes;
    },
    serve(model) {
      if (served?.version === model.version) return;
      changes += 1;
      served = model;
      if (!models.has(model.version)) zeroModel(model);
      models.set(model.version, model);
      count.modelInfo.reset();
      const { name, version, sha256 } = model;
      count.modelInfo.set({ name, version, sha256 }, 1);
    },
    observe(observation) {
      if (!accepts(observation)) return;
      countInvocation(observation, observation);
      const labels = { function: observation.function };
      const { batchSize, predictions } = observation;
      count.responseSize.observe(labels, observation.responseBytes);
      if (batchSize !== undefined) count.batchSize.observe(labels, batchSize);
      if (predictions !== undefined) countPredictions(labels, predictions);
      count.heapUsed.set(labels, observation.heapUsedBytes);
      if (observation.eventLoopUtilization !== undefined) {
        count.eventLoopUtilization.set(labels, observation.eventLoopUtilization);
      }
    },
    observeUnreported(invocation, { status, seconds }) {
      if (!accepts(invocation)) return;
      countInvocation(invocation, { status, seconds, errorKind: errorKindOf(status) });
    },
    observeRefused(request, status) {
      if (accepts(request)) countRequest(request, status);
    },
    begun(name, inFlight) {
      if (functions.includes(name)) count.mostInFlight.observe({ function: name }, inFlight);
    },
    end() {
      count.slowest.clear();
      count.mostInFlight.clear();
    },
  };

  /** Counts what every invocation has, answered or not. */
  function countInvocation(
    invocation: Invocation,
    { status, seconds, errorKind }: Pick<CountedObservation, 'status' | 'seconds' | 'errorKind'>,
  ): void {
    countRequest(invocation, status);
    const { function: name, route, coldStart, initSeconds, requestBytes } = invocation;
    const labels = { function: name };
    const cold_start = String(coldStart);
    count.latency.observe({ function: name, route, cold_start }, seconds);
    count.slowest.observe({ function: name, cold_start }, seconds);
    count.requestSize.observe(labels, requestBytes);
    if (coldStart) {
      count.coldStarts.inc(labels);
      count.initDuration.observe(labels, initSeconds);
    }
    if (errorKind !== undefined) count.errors.inc({ function: name, kind: errorKind });
  }

  /** Counts what every request has, whether an instance was given it or not. */
  function countRequest(
    { function: name, method, route, client }: RefusedRequest,
    status: number,
  ): void {
    changes += 1;
    count.requests.inc({ function: name, method, route, status: statusLabel(status) });
    if (client !== undefined) count.clientRequests.inc({ client: clientLabel(client) });
  }

  function countPredictions(labels: { function: string }, predictions: PredictionCounts): void {
    const model = models.get(predictions.modelVersion);
    if (model === undefined) return;
    const split = { ...labels, model_version: model.version };
    for (const [index, name] of model.classes.entries()) {
      const rows = predictions.classes[index] ?? 0;
      if (rows > 0) count.predictions.inc({ ...split, class: name }, rows);
    }
    for (const [index, { name }] of model.features.entries()) {
      count.featureValue.add({ ...split, feature: name }, predictions.features[index]);
    }
    count.confidence.add(split, predictions.confidence);
    count.outOfDistribution.inc(split, predictions.outOfDistribution);
    count.inference.observe(labels, predictions.inferenceSeconds);
  }

  /** Series are bounded: what names a function, route or method that the service lacks is left out. */
  function accepts(request: RefusedRequest): boolean {
    if (knownRoutes.has(routeKey(request)) && METHODS.has(request.method)) return true;
    if (!rejected) {
      rejected = true;
      const { function: name, method, route } = request;
      console.error(`Not counted, as serverless.yml has no such route: ${name} ${method} ${route}`);
    }
    return false;
  }

  /** An event that did not come through the gateway says what its sender likes. */
  function clientLabel(client: string): string {
    return namedClients.has(client) ? client : OTHER_CLIENT;
  }

  /** A series that appears with its first event hides that event from `rate()`. */
  function zeroLabelSets(): void {
    for (const route of routes) {
      const { function: name } = route;
      for (const status of statusesOf(route)) count.requests.inc({ ...route, status }, 0);
      for (const cold_start of ['true', 'false']) {
        count.latency.zero({ function: name, route: route.route, cold_start });
      }
    }
    for (const { function: name } of predicting) {
      count.batchSize.zero({ function: name });
      count.inference.zero({ function: name });
    }
    for (const name of functions) {
      const labels = { function: name };
      count.requestSize.zero(labels);
      count.responseSize.zero(labels);
      count.initDuration.zero(labels);
      count.mostInFlight.zero(labels);
      for (const cold_start of ['true', 'false']) count.slowest.zero({ ...labels, cold_start });
      count.coldStarts.inc(labels, 0);
      for (const kind of ERROR_KINDS) count.errors.inc({ function: name, kind }, 0);
    }
    for (const client of [...namedClients, OTHER_CLIENT]) count.clientRequests.inc({ client }, 0);
  }

  function zeroModel({ version, trainingRows, classes, features }: ModelDescription): void {
    const labels = { model_version: version };
    for (const { function: name } of predicting) {
      const split = { ...labels, function: name };
      for (const one of classes) count.predictions.inc({ ...split, class: one }, 0);
      count.outOfDistribution.inc(split, 0);
      count.confidence.zero(split, metrics.confidence.buckets);
      for (const { name: feature, deciles } of features) {
        count.featureValue.zero({ ...split, feature }, deciles);
      }
    }
    for (const { name: feature, deciles, cumulativeCounts, mean } of features) {
      count.trainingFeatureValue.zero({ ...labels, feature }, deciles);
      const atOrBelow = [...cumulativeCounts, trainingRows];
      const counts = atOrBelow.map((rows, index) => rows - (atOrBelow[index - 1] ?? 0));
      const sum = mean * trainingRows;
      count.trainingFeatureValue.add({ ...labels, feature }, { counts, sum });
    }
  }
}

function routeKey({ function: name, route }: Pick<Route, 'function' | 'route'>): string {
  return `${name} ${route}`;
}

function statusLabel(status: number): number {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : BAD_GATEWAY;
}
