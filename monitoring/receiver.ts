/** Brings what becomes of instances and their invocations to the aggregator. */
import type { CountedObservation, Report } from '../lib/localSink.ts';
import { errorKindOf, type Invocation } from '../lib/observation.ts';
import { isRestEvent, requestFacts } from '../lib/requestFacts.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  type Outcome,
} from '../tools/emulator/instance.ts';
import type { Aggregator } from './aggregator.ts';
import { isObserved } from './instances.ts';

/** Time that invocations wait, in milliseconds: counted in a row, with warm caches, they cost far less. */
const BATCH = 100;

/** What the gateway answers in the place of a function that did not. */
const STATUS: Readonly<Record<Outcome, number>> = { answered: 502, failed: 502, timeout: 504 };

/** Listens to what the emulator tells of its instances. */
export interface Receiver {
  /** Grows with every change of what instances are doing. */
  readonly changes: number;
  /** Takes in what waits to be counted: whoever has an answer finds it counted. */
  drain(): void;
  close(): void;
}

/** An invocation that is over, and answered. */
interface Over {
  readonly invocation: GivenInvocation;
  readonly outcome: Outcome;
  readonly endedAt: number;
  readonly observation: CountedObservation | undefined;
  /** What the client got, if it stayed for it. */
  readonly status: number | undefined;
}

/** Counts every invocation that ends from now on, until it is closed. */
export function receive(aggregator: Aggregator): Receiver {
  let waiting: Over[] = [];
  let timer: NodeJS.Timeout | undefined;
  let heard = false;
  let changes = 0;

  function change(): void {
    changes += 1;
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
    const { response } = invocation;
    const add = (status?: number): void =>
      queue({ invocation, outcome, endedAt, observation, status });
    // Only when it has left is it known: what the function gave may be more than can be sent.
    if (response === undefined || response.closed) add();
    else
      response.once('close', () =>
        add(response.writableFinished ? response.statusCode : undefined),
      );
  }

  function queue(one: Over): void {
    waiting.push(one);
    timer ??= setTimeout(takeWaiting, BATCH).unref();
  }

  function takeWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    for (const one of batch) take(one);
  }

  function take({ invocation, outcome, endedAt, observation, status }: Over): void {
    if (observation) {
      aggregator.observe(status === undefined ? observation : answeredWith(observation, status));
      return;
    }
    const facts = factsOf(invocation, endedAt);
    if (facts === undefined) return;
    aggregator.observeUnreported(facts, {
      status: status ?? STATUS[outcome],
      seconds: (endedAt - invocation.givenAt) / 1000,
    });
  }

  instanceEvents.on('loaded', loaded).on('given', change).on('over', over).on('ended', change);

  return {
    get changes() {
      return changes;
    },
    drain: takeWaiting,
    close() {
      instanceEvents
        .off('loaded', loaded)
        .off('given', change)
        .off('over', over)
        .off('ended', change);
      takeWaiting();
    },
  };
}

/** An Observation, with the status that the client got. */
function answeredWith(observation: CountedObservation, status: number): CountedObservation {
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
