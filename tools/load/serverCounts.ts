/** What the server itself counted, read from its `/metrics`. */
import { setTimeout as pause } from 'node:timers/promises';
import { metrics } from 'lambdascope/builtInMetrics';
import { type ThrottleReason, throttleReasons } from 'lambdascope/emulator/limits/throttleReason';
import { sum } from 'lambdascope/prometheusText';

/** The functions that the generator asks. */
const ASKED = /function="(?:predict|batchPredict|labels)"/;

/** The one whose instances the profile `idle` waits for. */
const PREDICT = /function="predict"/;

/** An answer of `/metrics` later than this is none, in milliseconds. */
const TIMEOUT = 2000;

/** Observations travel beside the answers: the server's counts may come so many milliseconds later. */
const COUNTS_DEADLINE = 2000;

/** Time between two looks, in milliseconds. */
const LOOK = 200;

/**
 * How long a gap without an instance lasts, in milliseconds, so that it can be seen in Prometheus as
 * well: a push comes within a second, a scrape within five.
 */
const GAP = 7000;

/** Running totals of the functions that the generator asks. */
export interface ServerCounts {
  readonly requests: number;
  readonly coldStarts: number;
  /** What a limit refused. */
  readonly refused: Refused;
}

/** Requests that a limit refused, by its reason. */
export type Refused = Readonly<Record<ThrottleReason, number>>;

/** Each reason with its number. */
export function byReason(of: (reason: ThrottleReason) => number): Refused {
  return Object.fromEntries(throttleReasons.map((reason) => [reason, of(reason)])) as Refused;
}

/** The totals now; undefined when `/metrics` cannot be read. */
export async function readCounts(
  metricsUrl: string | undefined,
): Promise<ServerCounts | undefined> {
  const text = await scrape(metricsUrl);
  if (text === undefined) return undefined;
  return {
    requests: sum(text, metrics.requests.name, ASKED),
    coldStarts: sum(text, metrics.coldStarts.name, ASKED),
    refused: byReason((reason) =>
      sum(text, metrics.throttled.name, new RegExp(`${ASKED.source}.*reason="${reason}"`)),
    ),
  };
}

/**
 * What was counted since `before`, as soon as that is all of the `expected` requests, or after two
 * seconds; undefined when it cannot be known.
 */
export async function countsSince(
  before: ServerCounts | undefined,
  metricsUrl: string | undefined,
  expected: number,
): Promise<ServerCounts | undefined> {
  const deadline = performance.now() + COUNTS_DEADLINE;
  for (;;) {
    const now = await readCounts(metricsUrl);
    if (before === undefined || now === undefined) return undefined;
    const requests = now.requests - before.requests;
    // Counters that went back belong to a server that was started again.
    if (requests < 0) return undefined;
    if (requests >= expected || performance.now() > deadline) {
      return {
        requests,
        coldStarts: now.coldStarts - before.coldStarts,
        refused: byReason((reason) => now.refused[reason] - before.refused[reason]),
      };
    }
    await pause(LOOK);
  }
}

/**
 * Waits until no instance of predict is alive, and then for a gap that can be seen; where that is not
 * known, for the whole of `longest`, in milliseconds.
 */
export async function untilNoInstance(
  metricsUrl: string | undefined,
  longest: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + longest;
  while (performance.now() < deadline && !signal.aborted) {
    const text = await scrape(metricsUrl);
    const isGap = text !== undefined && sum(text, metrics.instances.name, PREDICT) === 0;
    await pause(isGap ? GAP : LOOK, undefined, { signal }).catch(() => undefined);
    if (isGap) return;
  }
}

async function scrape(metricsUrl: string | undefined): Promise<string | undefined> {
  if (metricsUrl === undefined) return undefined;
  try {
    const response = await fetch(metricsUrl, { signal: AbortSignal.timeout(TIMEOUT) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
