/** Brings what becomes of instances and their invocations to the aggregator. */
import type { ServerResponse } from 'node:http';
import type { CountedObservation, Report } from '../lib/localSink.ts';
import { errorKindOf, type Invocation } from '../lib/observation.ts';
import { isRestEvent, requestFacts } from '../lib/requestFacts.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  type Outcome,
  type RefusedInvocation,
} from '../tools/emulator/instance.ts';
import type { Aggregator } from './aggregator.ts';
import { busyOf, isObserved } from './instances.ts';

/** Time that invocations wait, in milliseconds: counted in a row, with warm caches, they cost far less. */
const BATCH = 100;

/** What the gateway answers in the place of a function that did not. */
const STATUS: Readonly<Record<Outcome, number>> = { answered: 502, failed: 502, timeout: 504 };
/** And in the place of one that had no room. */
const TOO_MANY_REQUESTS = 429;

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
    if (isObserved(instance)) aggregator.begun(instance.function, busyOf(instance.function));
  }

  function loaded(_instance: Instance, reports: readonly unknown[]): void {
    change();
    for (const report of reports as readonly Report[]) {
      if (report.kind !== 'hello') continue;
      if (!heard) console.log('Metrics sink of the functions: local');
      heard = true;
      aggregator.serve(report.model);
    }
  }

  function over(invocation: GivenInvocation, outcome: Outcome, reports: readonly unknown[]): void {
    change();
    if (!isObserved(invocation.instance)) return;
    const endedAt = performance.now();
    const observation = (reports as readonly Report[]).findLast(
      (report) => report.kind === 'observation',
    )?.observation;
    whenAnswered(invocation.response, (status) =>
      queue(() => {
        if (observation) aggregator.observe(answeredWith(observation, status));
        else countUnreported(invocation, status ?? STATUS[outcome], endedAt);
      }),
    );
  }

  function refused(invocation: RefusedInvocation): void {
    const { event, function: name, response } = invocation;
    if (!isRestEvent(event)) return;
    whenAnswered(response, (status = TOO_MANY_REQUESTS) =>
      queue(() => aggregator.observeRefused({ function: name, ...requestFacts(event) }, status)),
    );
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

  function countUnreported(invocation: GivenInvocation, status: number, endedAt: number): void {
    const facts = factsOf(invocation, endedAt);
    const seconds = (endedAt - invocation.givenAt) / 1000;
    if (facts) aggregator.observeUnreported(facts, { status, seconds });
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

/**
 * Tells the status that the client got, once it has left: what the function gave may be more than can
 * be sent. Nothing, if no client waits, or it went before.
 */
function whenAnswered(
  response: ServerResponse | undefined,
  tell: (status: number | undefined) => void,
): void {
  if (response === undefined || response.closed) tell(undefined);
  else {
    response.once('close', () => tell(response.writableFinished ? response.statusCode : undefined));
  }
}

/** An Observation, with the status that the client got. */
function answeredWith(
  observation: CountedObservation,
  status = observation.status,
): CountedObservation {
  if (status === observation.status) return observation;
  return { ...observation, status, errorKind: errorKindOf(status) };
}

/** What the emulator knows of an invocation; nothing, when it was for no request. */
function factsOf(
  { instance, event, isFirst }: GivenInvocation,
  endedAt: number,
): Invocation | undefined {
  if (!isRestEvent(event)) return undefined;
  const { loadedAt = endedAt, startedAt } = instance;
  return {
    instance: `instance ${instance.number}`,
    function: instance.function,
    coldStart: isFirst,
    initSeconds: isFirst ? (loadedAt - startedAt) / 1000 : 0,
    ...requestFacts(event),
  };
}
