/** Adds invocations up for as long as the emulator lives, whatever instances come and go. */
import type { Registry } from 'prom-client';
import type { CountedObservation } from '../function/localSink.ts';
import { errorKinds, type Invocation } from '../function/observation.ts';
import type { MetricDefinition } from '../metrics.ts';
import { type InitializationType, initializationTypes } from './instanceEvents.ts';
import { createInstruments } from './instruments.ts';
import { type ThrottleReason, throttleReasons } from './limits/throttleReason.ts';
import { createOwnMetrics } from './ownMetrics.ts';
import { type Route, statusesOf, triggers } from './routes.ts';

/** Clients that are named; the others share one label. */
const MOST_CLIENTS = 50;
const OTHER_CLIENT = 'other';

const METHODS = new Set(['', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What the gateway answers when a function gives no status that is one. */
const BAD_GATEWAY = 502;

/** What is counted of an invocation; some of it only where its function tells of itself. */
export type CountedInvocation = Omit<
  CountedObservation,
  'heapUsedBytes' | 'eventLoopUtilization' | 'counted' | 'spans' | 'remembered'
> &
  Partial<
    Pick<CountedObservation, 'heapUsedBytes' | 'eventLoopUtilization' | 'counted' | 'spans'>
  > & {
    /** Most memory that its instance used meanwhile; where it can be known. */
    readonly maxMemoryUsedBytes?: number | undefined;
    /** Most instances that were starting at once while its instance was; where it can be known. */
    readonly initConcurrency?: number | undefined;
  };

export interface AggregatorOptions {
  /** Routes and triggers of the service; what claims another is not counted. */
  readonly routes: readonly Route[];
  /** Ids of the service's API keys; what claims another shares a label. */
  readonly clients: readonly string[];
  /** Memory of each function, in bytes, by its name. */
  readonly memorySizes?: ReadonlyMap<string, number>;
  /** Told of each invocation that is counted. */
  readonly onCounted?: ((invocation: CountedInvocation) => void) | undefined;
}

/** What is known of a request that no instance was given. */
export type RefusedRequest = Pick<Invocation, 'function' | 'method' | 'route' | 'client'>;

/** Counts what instances report. */
export interface Aggregator {
  readonly registry: Registry;
  /** Grows with every change, also when a maximum of late is no longer of late. */
  readonly changes: number;
  /** The metrics that functions may record from now on; label sets that are known start at zero. */
  define(metrics: readonly MetricDefinition[]): void;
  /** Every metric that was defined, as it was last. */
  readonly defined: readonly MetricDefinition[];
  observe(invocation: CountedInvocation): void;
  /** Counts a request that no instance was given, by the status that its client got. */
  observeRefused(request: RefusedRequest, status: number): void;
  /** Counts why an invocation was given to no instance, whether a client waits for it or not. */
  throttled(name: string, reason: ThrottleReason): void;
  /** Counts an instance that has loaded. */
  loaded(name: string, initializationType: InitializationType): void;
  /** Counts how many invocations a function has at one time, now that another has begun. */
  begun(name: string, inFlight: number): void;
  /** Nothing comes any more: what is kept from now on must not say that there was a request of late. */
  end(): void;
}

/** An aggregator with every label set that is known beforehand at zero. */
export function createAggregator({
  routes,
  clients,
  memorySizes = new Map(),
  onCounted,
}: AggregatorOptions): Aggregator {
  const functions = [...new Set(routes.map((route) => route.function))];
  const knownRoutes = new Set(routes.map(routeKey));
  const count = createInstruments(functions);
  const own = createOwnMetrics(count.registry, functions);
  const namedClients = new Set(clients.slice(0, MOST_CLIENTS));
  let changes = 0;
  let rejected = false;

  zeroLabelSets();

  return {
    registry: count.registry,
    get changes() {
      const { slowest, mostInFlight, maxMemoryUsed } = count;
      return changes + slowest.changes + mostInFlight.changes + maxMemoryUsed.changes;
    },
    get defined() {
      return own.defined;
    },
    define(metrics) {
      if (own.define(metrics)) changes += 1;
    },
    observe(invocation) {
      if (!accepts(invocation)) return;
      const { function: name, coldStart, route, seconds, errorKind, initConcurrency } = invocation;
      const labels = { function: name };
      const cold_start = String(coldStart);
      countRequest(invocation, invocation.status);
      count.latency.observe({ ...labels, route, cold_start }, seconds);
      count.slowest.observe({ ...labels, cold_start }, seconds);
      count.requestSize.observe(labels, invocation.requestBytes);
      count.responseSize.observe(labels, invocation.responseBytes);
      if (coldStart) {
        count.coldStarts.inc(labels);
        if (initConcurrency !== undefined) count.initConcurrency.observe(labels, initConcurrency);
      }
      // Not every runtime tells when it has loaded.
      if (invocation.initSeconds > 0) count.initDuration.observe(labels, invocation.initSeconds);
      if (errorKind !== undefined) count.errors.inc({ ...labels, kind: errorKind });
      const { heapUsedBytes, eventLoopUtilization, maxMemoryUsedBytes, counted = [] } = invocation;
      if (maxMemoryUsedBytes !== undefined) count.maxMemoryUsed.observe(labels, maxMemoryUsedBytes);
      if (heapUsedBytes !== undefined) count.heapUsed.set(labels, heapUsedBytes);
      if (eventLoopUtilization !== undefined) {
        count.eventLoopUtilization.set(labels, eventLoopUtilization);
      }
      for (const one of counted) own.count(name, one);
      onCounted?.(invocation);
    },
    observeRefused(request, status) {
      if (accepts(request)) countRequest(request, status);
    },
    throttled(name, reason) {
      if (!functions.includes(name)) return;
      changes += 1;
      count.throttled.inc({ function: name, reason });
    },
    loaded(name, initialization_type) {
      if (!functions.includes(name)) return;
      changes += 1;
      count.inits.inc({ function: name, initialization_type });
    },
    begun(name, inFlight) {
      if (functions.includes(name)) count.mostInFlight.observe({ function: name }, inFlight);
    },
    end() {
      count.slowest.clear();
      count.mostInFlight.clear();
      count.maxMemoryUsed.clear();
    },
  };

  /** Counts what every request has, whether an instance was given it or not. */
  function countRequest(
    { function: name, method, route, client }: RefusedRequest,
    status: number,
  ): void {
    changes += 1;
    count.requests.inc({ function: name, method, route, status: statusLabel(status) });
    if (client !== undefined) count.clientRequests.inc({ client: clientLabel(client) });
  }

  /** Series are bounded: what names a function, route or method that the service lacks is left out. */
  function accepts(request: RefusedRequest): boolean {
    const { function: name, method, route } = request;
    const isKnown =
      method === ''
        ? functions.includes(name) && triggers.has(route)
        : knownRoutes.has(routeKey(request)) && METHODS.has(method);
    if (!isKnown && !rejected) {
      rejected = true;
      console.error(`Not counted, as serverless.yml has no such route: ${name} ${method} ${route}`);
    }
    return isKnown;
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
    for (const name of functions) {
      const labels = { function: name };
      count.requestSize.zero(labels);
      count.responseSize.zero(labels);
      count.initDuration.zero(labels);
      count.initConcurrency.zero(labels);
      count.mostInFlight.zero(labels);
      for (const cold_start of ['true', 'false']) count.slowest.zero({ ...labels, cold_start });
      count.coldStarts.inc(labels, 0);
      for (const kind of errorKinds) count.errors.inc({ function: name, kind }, 0);
      for (const reason of throttleReasons) count.throttled.inc({ function: name, reason }, 0);
      for (const initialization_type of initializationTypes) {
        count.inits.inc({ function: name, initialization_type }, 0);
      }
      count.maxMemoryUsed.zero(labels);
      const memorySize = memorySizes.get(name);
      if (memorySize !== undefined) count.memorySize.set(labels, memorySize);
    }
    if (clients.length === 0) return;
    for (const client of [...namedClients, OTHER_CLIENT]) count.clientRequests.inc({ client }, 0);
  }
}

function routeKey({ function: name, route }: Pick<Route, 'function' | 'route'>): string {
  return `${name} ${route}`;
}

function statusLabel(status: number): number {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : BAD_GATEWAY;
}
