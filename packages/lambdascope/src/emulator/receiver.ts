/** Brings what becomes of instances and their invocations to the aggregator. */
import type { ServerResponse } from 'node:http';
import { failureOf, invocationFacts, isHttpEvent, outcomeOf } from '../function/invocationFacts.ts';
import type { Report } from '../function/localSink.ts';
import { errorKindOf } from '../function/observation.ts';
import type { Aggregator, CountedInvocation } from './aggregator.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  instances,
  type Outcome,
  type RefusedInvocation,
} from './instanceEvents.ts';

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

/** Counts every invocation that ends from now on, until it is closed. */
export function receive(aggregator: Aggregator): Receiver {
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
    if (told?.kind === 'ignored') return;
    const counted =
      told?.kind === 'observation'
        ? { ...told.observation, function: invocation.instance.function }
        : seenFromOutside(invocation, outcome, endedAt);
    const { response, event, instance } = invocation;
    const { maxMemoryUsedBytes, initConcurrency } = instance;
    whenAnswered(isHttpEvent(event) ? response : undefined, (status) =>
      queue(() =>
        aggregator.observe({
          ...answeredWith(counted, status),
          maxMemoryUsedBytes,
          initConcurrency,
        }),
      ),
    );
  }

  function refused({ event, function: name, response, reason }: RefusedInvocation): void {
    if (reason !== undefined) aggregator.throttled(name, reason);
    if (!isHttpEvent(event)) return;
    whenAnswered(response, (status) => {
      // Who went before the answer is nobody's request.
      if (status === undefined) return;
      queue(() => aggregator.observeRefused({ function: name, ...invocationFacts(event) }, status));
    });
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
    .on('ended', change);

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
        .off('ended', change);
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

/**
 * Tells the status that the client got, once it has left: what the function gave may be more than can
 * be sent. Nothing, if no client waits, or it left before.
 */
function whenAnswered(
  response: ServerResponse | undefined,
  tell: (status: number | undefined) => void,
): void {
  const told = () => tell(response?.writableFinished ? response.statusCode : undefined);
  // The gateway may not have waited for the function.
  if (response === undefined || response.closed) told();
  else response.once('close', told);
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
  { instance, event, isFirst, givenAt }: GivenInvocation,
  outcome: Outcome,
  endedAt: number,
): CountedInvocation {
  const answer =
    outcome.kind === 'answered' ? outcomeOf(event, outcome.result) : failureOf(event, outcome.kind);
  const isCold = isFirst && instance.initializationType === 'on-demand';
  return {
    instance: `instance ${instance.number}`,
    function: instance.function,
    coldStart: isCold,
    initSeconds: isCold ? (instance.initSeconds ?? 0) : 0,
    ...invocationFacts(event),
    ...answer,
    seconds: (endedAt - givenAt) / 1000,
    errorKind:
      outcome.kind === 'timeout' || outcome.kind === 'memory'
        ? outcome.kind
        : errorKindOf(answer.status),
  };
}
