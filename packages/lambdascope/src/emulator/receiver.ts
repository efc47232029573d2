/** Brings what becomes of instances and their invocations to the aggregator, and to the live page. */
import { failureOf, invocationFacts, isHttpEvent, outcomeOf } from '../function/invocationFacts.ts';
import type { Report } from '../function/localSink.ts';
import { errorKindOf } from '../function/observation.ts';
import type { Aggregator, CountedInvocation } from './aggregator.ts';
import { whenAnswered } from './gatewayAnswered.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  instances,
  isCold,
  type Outcome,
  type RefusedInvocation,
  type Unreached,
} from './instanceEvents.ts';
import {
  type KeptRequest,
  keepInvocation,
  keepRefused,
  keepUnreached,
} from './live/keptRequest.ts';
import { billedTime } from './reportLine.ts';

/** Time that invocations wait, in milliseconds: counted in a row, with warm caches, they cost far less. */
const BATCH = 100;

/** Listens to what the emulator tells of its instances. */
export interface Receiver {
  /** Grows with every change of what instances are doing. */
  readonly changes: number;
  /** Takes in what waits to be counted: whoever has an answer finds it counted. */
  drain(): void;
  close(): void;
}

/** What takes requests for the live page. */
export interface RequestKeeper {
  add(request: KeptRequest): void;
  /** Whether bodies are kept. */
  readonly bodies: boolean;
}

/** Counts every invocation that ends from now on, until it is closed, and hands it to a keeper. */
export function receive(aggregator: Aggregator, keeper?: RequestKeeper): Receiver {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let heard = false;
  let changes = 0;

  function change(): void {
    changes += 1;
  }

  function given({ instance }: GivenInvocation): void {
    change();
    aggregator.begun(instance.function, busyOf(instance.function));
  }

  function loaded(instance: Instance, reports: readonly unknown[]): void {
    change();
    aggregator.loaded(instance.function, instance.initializationType);
    for (const report of reports as readonly Report[]) {
      if (report.kind !== 'hello') continue;
      if (!heard) console.log('Metrics sink of the functions: local');
      heard = true;
      aggregator.define(report.metrics);
    }
  }

  function over(invocation: GivenInvocation, outcome: Outcome, reports: readonly unknown[]): void {
    change();
    const endedAt = performance.now();
    const told = (reports as readonly Report[]).findLast(({ kind }) => kind !== 'hello');
    const { awaited, event, instance } = invocation;
    const { maxMemoryUsedBytes, initConcurrency } = instance;
    const billed = billedTime(invocation, endedAt);
    const seen = countedOf(invocation, outcome, endedAt, told);
    whenAnswered(isHttpEvent(event) ? awaited : undefined, (answer) => {
      const counted = seen && {
        ...answeredWith(seen, answer.status),
        maxMemoryUsedBytes,
        initConcurrency,
      };
      if (counted !== undefined) queue(() => aggregator.observe(counted));
      // At once: what waits keeps its event alive.
      const ended = { invocation, outcome, endedAt, billed, maxMemoryUsedBytes, counted };
      keeper?.add(keepInvocation(ended, answer, keeper.bodies));
    });
  }

  function refused(invocation: RefusedInvocation): void {
    const { event, function: name, awaited, reason } = invocation;
    const refusedAt = performance.now();
    if (reason !== undefined) aggregator.throttled(name, reason);
    const isHttp = isHttpEvent(event);
    whenAnswered(isHttp ? awaited : undefined, (answer) => {
      const { status } = answer;
      // Who went before the answer is nobody's request.
      if (isHttp && status !== undefined) {
        const request = { function: name, ...invocationFacts(event) };
        queue(() => aggregator.observeRefused(request, status));
      }
      keeper?.add(keepRefused(invocation, refusedAt, answer, keeper.bodies));
    });
  }

  function unreached(awaited: Unreached): void {
    keeper?.add(keepUnreached(awaited, keeper.bodies));
  }

  function queue(count: () => void): void {
    waiting.push(count);
    timer ??= setTimeout(takeWaiting, BATCH).unref();
  }

  function takeWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    for (const count of batch) count();
  }

  instanceEvents
    .on('loaded', loaded)
    .on('given', given)
    .on('refused', refused)
    .on('over', over)
    .on('ended', change)
    .on('unreached', unreached);

  return {
    get changes() {
      return changes;
    },
    drain: takeWaiting,
    close() {
      instanceEvents
        .off('loaded', loaded)
        .off('given', given)
        .off('refused', refused)
        .off('over', over)
        .off('ended', change)
        .off('unreached', unreached);
      takeWaiting();
    },
  };
}

/** How many instances of a function are at an invocation. */
function busyOf(name: string): number {
  let busy = 0;
  for (const instance of instances) if (instance.function === name && instance.isBusy) busy += 1;
  return busy;
}

/** What is counted of an invocation, by its own report or else as it is seen; nothing if it asks for that. */
function countedOf(
  invocation: GivenInvocation,
  outcome: Outcome,
  endedAt: number,
  told: Report | undefined,
): CountedInvocation | undefined {
  if (told?.kind === 'ignored') return undefined;
  if (told?.kind !== 'observation') return seenFromOutside(invocation, outcome, endedAt);
  return { ...told.observation, function: invocation.instance.function };
}

/** What is counted of an invocation, with the status that the client got. */
function answeredWith(counted: CountedInvocation, status = counted.status): CountedInvocation {
  const { errorKind } = counted;
  if (status === counted.status || errorKind === 'timeout' || errorKind === 'memory') {
    return { ...counted, status };
  }
  return { ...counted, status, errorKind: errorKindOf(status) };
}

/** What the emulator knows of an invocation whose function told nothing. */
function seenFromOutside(
  invocation: GivenInvocation,
  outcome: Outcome,
  endedAt: number,
): CountedInvocation {
  const { instance, event, givenAt } = invocation;
  const answer =
    outcome.kind === 'answered' ? outcomeOf(event, outcome.result) : failureOf(event, outcome.kind);
  const coldStart = isCold(invocation);
  return {
    instance: `instance ${instance.number}`,
    function: instance.function,
    coldStart,
    initSeconds: coldStart ? (instance.initSeconds ?? 0) : 0,
    ...invocationFacts(event),
    ...answer,
    seconds: (endedAt - givenAt) / 1000,
    errorKind:
      outcome.kind === 'timeout' || outcome.kind === 'memory'
        ? outcome.kind
        : errorKindOf(answer.status),
  };
}
