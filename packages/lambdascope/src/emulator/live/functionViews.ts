/** The functions of a service: what each is, may do and has done, and how its instances live. */
import type { Architecture } from '../../forecast/prices.ts';
import { numberOf } from '../limits/throttle.ts';
import { type EventRoute, routeName, routesOfEvent } from '../routes.ts';
import { DEFAULT_RUNTIME, DEFAULT_TIMEOUT } from '../runner/functionDefaults.ts';
import { memorySizes, type Serverless } from '../serverless.ts';
import { costOf, type Done } from './cost.ts';
import type { FunctionsView, FunctionView } from './functionView.ts';
import type { KeptRequest } from './keptRequest.ts';
import { followInstances } from './lanes.ts';
import { routeLimits } from './routeLimits.ts';

/** Cold starts that are named. */
const COLD_STARTS = 5;
/** Instances that are shown of a function. */
const LANES = 200;

export interface FunctionViews {
  add(request: KeptRequest): void;
  /** @param seconds how far back instances are shown */
  view(seconds: number): FunctionsView;
  close(): void;
}

/** What a function has done, added up. */
interface Deeds extends Done {
  invocations: number;
  readonly requests: { rest: number; http: number };
  billedMillis: number;
  billedProvisionedMillis: number;
  /** Newest first. */
  coldStarts: FunctionView['coldStarts'];
}

type Fixed = Omit<
  FunctionView,
  'invocations' | 'coldStarts' | 'cost' | 'instances' | 'moreInstances'
>;

/** Begins to follow instances. */
export function createFunctionViews(service: Serverless['service']): FunctionViews {
  const lanes = followInstances();
  const fixed = service.getAllFunctions().map((key) => fixedOf(service, key));
  const deeds = new Map(fixed.map(({ key }) => [key, noDeeds()]));

  return {
    add({ summary, exchange, invocation }) {
      const done = deeds.get(summary.function);
      if (done === undefined || invocation === undefined) return;
      const { billedSeconds, initSeconds, isProvisioned } = invocation;
      done.invocations += 1;
      if (exchange.api !== undefined) done.requests[exchange.api] += 1;
      done[isProvisioned ? 'billedProvisionedMillis' : 'billedMillis'] += billedSeconds * 1000;
      if (!summary.isCold) return;
      const { id, time, seconds } = summary;
      const coldStart = { id, time, seconds, initSeconds: initSeconds ?? 0 };
      done.coldStarts = [coldStart, ...done.coldStarts].slice(0, COLD_STARTS);
    },
    view(seconds) {
      const to = Math.ceil(Date.now() / 1000);
      const from = to - seconds;
      const all = lanes.between(from, to);
      const upSeconds = performance.now() / 1000;
      const { region } = service.provider;
      return {
        from,
        to,
        functions: fixed.map((one) => {
          const { invocations, coldStarts, ...done } = deeds.get(one.key) ?? noDeeds();
          const own = all.filter((lane) => lane.function === one.key);
          const { provisioned = 0 } = one;
          return {
            ...one,
            invocations,
            coldStarts,
            cost: costOf({ invocations, ...done }, { ...one, region, provisioned }, upSeconds),
            instances: own.slice(-LANES).map(({ function: _, ...lane }) => lane),
            moreInstances: Math.max(0, own.length - LANES),
          };
        }),
      };
    },
    close: lanes.close,
  };
}

function fixedOf(service: Serverless['service'], key: string): Fixed {
  const { provider } = service;
  const definition = service.getFunction(key);
  const { name, handler = '', runtime = provider.runtime ?? DEFAULT_RUNTIME } = definition;
  const reserved = numberOf(definition.reservedConcurrency);
  const provisioned = numberOf(definition.provisionedConcurrency);
  const architecture: Architecture =
    (definition.architecture ?? provider.architecture) === 'arm64' ? 'arm64' : 'x86_64';
  const routes = (service.getAllEventsInFunction(key) ?? []).flatMap(routesOfEvent);
  return {
    key,
    name,
    handler,
    runtime,
    architecture,
    memorySizeMegabytes: (memorySizes(service).get(key) ?? 0) / 2 ** 20,
    timeoutSeconds: definition.timeout ?? provider.timeout ?? DEFAULT_TIMEOUT,
    ...(reserved !== undefined && { reserved }),
    ...(provisioned !== undefined && provisioned > 0 && { provisioned }),
    triggers: routes.length === 0 ? ['direct'] : routes.map(triggerText),
    limits: routeLimits(service, key),
  };
}

function triggerText(route: EventRoute): string {
  return route.method === '' ? route.route : routeName(route);
}

function noDeeds(): Deeds {
  return {
    invocations: 0,
    requests: { rest: 0, http: 0 },
    billedMillis: 0,
    billedProvisionedMillis: 0,
    coldStarts: [],
  };
}
