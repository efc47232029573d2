/** Keeps what others have of the metrics fresh, off the path of requests. */
import { setTimeout as pause } from 'node:timers/promises';
import { thresholds } from '../dashboards/thresholds.ts';

/** Least time between two pushes, and between two looks for a backend that is not there, in milliseconds. */
const LEAST_PAUSE = 1000;
/** Longest time between two tries while something is there that does not take a push. */
const LONGEST_PAUSE = 15_000;
/** Time that each of the last two requests may take: Ctrl-C does not wait for a backend. */
const LAST_PATIENCE = 500;

/** What a connection fails with when nobody is there; to ask again costs nothing. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/**
 * Sends a state of the metrics, until it has arrived or the signal aborts.
 *
 * @throws Error that says why it was not taken; of a connection, with its cause
 */
export type Send = (signal: AbortSignal) => Promise<void>;

/** Something that gets the metrics, and keeps them. */
export interface Backend {
  /** What it is, for the terminal. */
  readonly title: string;
  readonly url: string;
  /** Time that one push may take, in milliseconds. @default until it ends by itself */
  readonly patience?: number;
  /** Reads the metrics; gives what sends them as they are now, now or later. */
  read(): Promise<Send>;
  /** Takes away what it has of ours. @default it stays */
  readonly remove?: Send;
}

export interface PushLoopOptions {
  readonly backend: Backend;
  /** Grows when there is something new to push. */
  readonly changes: () => number;
  /** Longest time between two pushes. @default what the alert on old pushes goes by */
  readonly heartbeatSeconds?: number;
  /** Time that a backend keeps the state that it had, once it is there. @default two scrapes */
  readonly holdSeconds?: number;
}

export interface PushLoop {
  /** Pushes the last state and ends; then removes it from the backend, if so asked. */
  stop(options: { remove: boolean }): Promise<void>;
}

/**
 * Pushes at once, then whenever something changed, but no more than once a second; when nothing
 * changed, every `heartbeatSeconds`, so that an old push means trouble and a backend that lost its
 * memory gets it back. One line says when the backend goes and comes.
 *
 * A backend that was not there gets the state that it last had, at first the one at start, and only
 * `holdSeconds` later the present one: `rate()` sees what happened in between as a difference of two
 * samples, or not at all.
 */
export function startPushLoop({
  backend,
  changes,
  heartbeatSeconds = thresholds.pipeline.heartbeatSeconds,
  holdSeconds = thresholds.pipeline.holdSeconds,
}: PushLoopOptions): PushLoop {
  const { title, url, patience, remove } = backend;
  const stopping = new AbortController();
  let reachable: boolean | undefined;
  const ended = run();

  async function run(): Promise<void> {
    /** What the backend last had, or is to have first; how many changes it knows of; since when. */
    let last = { state: backend.read(), changes: changes(), at: 0 };
    let heldUntil = 0;
    let wait = LEAST_PAUSE;
    while (!stopping.signal.aborted) {
      if (reachable !== true) {
        const failure = await push(last.state, patience, stopping.signal);
        wait = nextWait(wait, failure);
        last.at = performance.now();
        heldUntil = last.at + holdSeconds * 1000;
      } else if (performance.now() >= heldUntil && isDue(last)) {
        const present = { changes: changes(), state: backend.read(), at: performance.now() };
        const failure = await push(present.state, patience, stopping.signal);
        if (failure === undefined) last = present;
      }
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  function isDue(last: { readonly changes: number; readonly at: number }): boolean {
    return changes() !== last.changes || performance.now() - last.at >= heartbeatSeconds * 1000;
  }

  /** Replaces what the backend has; gives why it did not take it, if it did not. */
  async function push(
    state: Promise<Send>,
    longest: number | undefined,
    cancelled?: AbortSignal,
  ): Promise<unknown> {
    try {
      const send = await state;
      await send(within(longest, cancelled));
      report(true, `Pushing metrics to ${url}`);
      return undefined;
    } catch (error) {
      if (cancelled?.aborted) return error;
      report(false, `No ${title}: ${url} ${reasonOf(error)}. Metrics go there once it answers.`);
      return error;
    }
  }

  /** One line for each change of state. */
  function report(nowReachable: boolean, line: string): void {
    if (reachable !== nowReachable) console.log(line);
    reachable = nowReachable;
  }

  return {
    async stop({ remove: isAsked }) {
      stopping.abort();
      await ended;
      const failure = await push(backend.read(), LAST_PATIENCE);
      if (failure !== undefined || !isAsked || remove === undefined) return;
      await remove(within(LAST_PATIENCE)).catch((error: unknown) => {
        console.log(`The metrics stay in the ${title}: ${url} ${reasonOf(error)}`);
      });
    },
  };
}

/** Aborts after a time, or when that is cancelled. */
function within(milliseconds?: number, cancelled?: AbortSignal): AbortSignal {
  const limit = milliseconds === undefined ? [] : [AbortSignal.timeout(milliseconds)];
  return AbortSignal.any([...limit, ...(cancelled ? [cancelled] : [])]);
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
