/** Keeps a Pushgateway's copy of the metrics fresh, off the path of requests. */
import { setTimeout as pause } from 'node:timers/promises';
import { thresholds } from '../dashboards/thresholds.ts';
import type { MetricsSource } from './metricsServer.ts';

/** Least time between two pushes, and between two looks for a gateway that is not there, in milliseconds. */
const LEAST_PAUSE = 1000;
/** Longest time between two tries while something is there that does not take a push. */
const LONGEST_PAUSE = 15_000;
/** Time that one push may take. */
const PATIENCE = 5000;
/** Time that each of the last two requests may take: Ctrl-C does not wait for a gateway. */
const LAST_PATIENCE = 500;

/** What a connection fails with when nobody is there; to ask again costs nothing. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

export interface PushLoopOptions {
  /** Base URL of the Pushgateway. */
  readonly url: string;
  /** Grouping keys; no metric has a label of the same name. */
  readonly job: string;
  readonly instance: string;
  readonly metrics: MetricsSource;
  /** Grows when there is something new to push. */
  readonly changes: () => number;
  /** Longest time between two pushes. @default what the alert on old pushes goes by */
  readonly heartbeatSeconds?: number;
  /** Time that a gateway keeps the state that it had, once it is there. @default two scrapes */
  readonly holdSeconds?: number;
}

export interface PushLoop {
  /** Pushes the last state and ends; then removes it from the gateway, if so asked. */
  stop(options: { deleteGroup: boolean }): Promise<void>;
}

/**
 * Pushes at once, then whenever something changed, but no more than once a second; when nothing
 * changed, every `heartbeatSeconds`, so that an old push means trouble and a gateway that lost its
 * memory gets it back. One line says when the gateway goes and comes.
 *
 * A gateway that was not there gets the state that it last had, at first the one at start, and only
 * `holdSeconds` later the present one: `rate()` sees what happened in between as a difference of two
 * samples, or not at all.
 */
export function startPushLoop({
  url,
  job,
  instance,
  metrics,
  changes,
  heartbeatSeconds = thresholds.pipeline.heartbeatSeconds,
  holdSeconds = thresholds.pipeline.holdSeconds,
}: PushLoopOptions): PushLoop {
  const group = `${url.replace(/\/$/, '')}/metrics/job/${encodeURIComponent(job)}/instance/${encodeURIComponent(instance)}`;
  const stopping = new AbortController();
  let reachable: boolean | undefined;
  const ended = run();

  async function run(): Promise<void> {
    /** What the gateway last had, or is to have first; how many changes it knows of; since when. */
    let last = { text: metrics.text(), changes: changes(), at: 0 };
    let heldUntil = 0;
    let wait = LEAST_PAUSE;
    while (!stopping.signal.aborted) {
      if (reachable !== true) {
        const failure = await push(last.text, PATIENCE, stopping.signal);
        wait = nextWait(wait, failure);
        last.at = performance.now();
        heldUntil = last.at + holdSeconds * 1000;
      } else if (performance.now() >= heldUntil && isDue(last)) {
        const present = { changes: changes(), text: metrics.text(), at: performance.now() };
        const failure = await push(present.text, PATIENCE, stopping.signal);
        if (failure === undefined) last = present;
      }
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  function isDue(last: { readonly changes: number; readonly at: number }): boolean {
    return changes() !== last.changes || performance.now() - last.at >= heartbeatSeconds * 1000;
  }

  /** Replaces the group; gives why the gateway did not take it, if it did not. */
  async function push(
    text: Promise<string>,
    patience: number,
    cancelled?: AbortSignal,
  ): Promise<unknown> {
    try {
      const headers = { 'content-type': metrics.contentType };
      await send({ method: 'PUT', headers, body: await text }, patience, cancelled);
      report(true, `Pushing metrics to ${url}`);
      return undefined;
    } catch (error) {
      if (cancelled?.aborted) return error;
      report(false, `No Pushgateway: ${url} ${reasonOf(error)}. Metrics go there once it answers.`);
      return error;
    }
  }

  async function send(
    request: RequestInit,
    patience: number,
    cancelled?: AbortSignal,
  ): Promise<void> {
    const signal = AbortSignal.any([
      AbortSignal.timeout(patience),
      ...(cancelled ? [cancelled] : []),
    ]);
    const response = await fetch(group, { ...request, redirect: 'error', signal });
    if (!response.ok) {
      const detail = (await response.text()).slice(0, 200).trim();
      throw new Error(`answers ${response.status} ${detail}`);
    }
    await response.body?.cancel();
  }

  /** One line for each change of state. */
  function report(nowReachable: boolean, line: string): void {
    if (reachable !== nowReachable) console.log(line);
    reachable = nowReachable;
  }

  return {
    async stop({ deleteGroup }) {
      stopping.abort();
      await ended;
      const failure = await push(metrics.text(), LAST_PATIENCE);
      if (failure !== undefined || !deleteGroup) return;
      await send({ method: 'DELETE' }, LAST_PATIENCE).catch((error: unknown) => {
        console.log(`The metrics stay in the Pushgateway: ${url} ${reasonOf(error)}`);
      });
    },
  };
}

/** Time until the next push or look, in milliseconds. */
function nextWait(wait: number, failure: unknown): number {
  if (failure === undefined || isNobodyThere(failure)) return LEAST_PAUSE;
  return Math.min(wait * 2, LONGEST_PAUSE);
}

function isNobodyThere(error: unknown): boolean {
  // What fetch itself says is only that it failed.
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && NOBODY_THERE.has(String(cause.code));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'does not answer in time';
  if (isNobodyThere(error)) return 'is not there';
  return error.cause instanceof Error ? `fails: ${error.cause.message}` : error.message;
}
