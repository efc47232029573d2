/**
 * Sends requests when they are due, whatever the server does meanwhile.
 *
 * A generator that waits for an answer before it sends the next request slows down with the server
 * and so leaves out the very requests that would have waited: coordinated omission (Gil Tene, "How
 * NOT to Measure Latency"; the remedy follows his wrk2). Here every request has a time at which
 * it is due, and its latency counts from then, also while it waits for a free connection.
 */
import type { HttpRequest, Outcome, Send } from './sender.ts';

/** What an open loop needs; times are in milliseconds. */
export interface OpenLoop<Request extends HttpRequest> {
  /** When requests are due, after the start, ascending. */
  readonly arrivals: Iterable<number>;
  /** The request that is due at that time. */
  readonly request: (due: number) => Request;
  readonly send: Send;
  /** Requests on their way at most. */
  readonly connections: number;
  /** The loop ends so long after its start at the latest, with or without all answers. */
  readonly deadline: number;
  /** Ends the loop early: nothing more is sent, and answers are awaited for `grace` only. */
  readonly signal?: AbortSignal;
  /** Time for answers after an early end. @default 2000 */
  readonly grace?: number;
  /** Called as a request is sent, with how long after its due time. */
  readonly onSend?: (request: Request, delay: number) => void;
  /** Called once for each outcome; the latency counts from when the request was due. */
  readonly onOutcome: (request: Request, outcome: Outcome, latency: number) => void;
}

/** What was left when an open loop ended. */
export interface OpenLoopEnd {
  /** Requests sent that had no outcome yet. */
  readonly pending: number;
  /** Requests due and never sent, because every connection was busy. */
  readonly unsent: number;
}

/** Plays the arrivals; resolves when every outcome is there, or the time for them is over. */
export function openLoop<Request extends HttpRequest>({
  arrivals,
  request,
  send,
  connections,
  deadline,
  signal,
  grace = 2000,
  onSend,
  onOutcome,
}: OpenLoop<Request>): Promise<OpenLoopEnd> {
  const { promise, resolve } = Promise.withResolvers<OpenLoopEnd>();
  const due = arrivals[Symbol.iterator]();
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  let next = due.next();
  let pending = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Nothing is sent that is due after this. */
  let sendUntil = Number.POSITIVE_INFINITY;
  let ended = false;

  const end = () => {
    ended = true;
    clearTimeout(timer);
    clearTimeout(last);
    signal?.removeEventListener('abort', stop);
    let unsent = 0;
    for (; !next.done && next.value <= sendUntil; next = due.next()) unsent += 1;
    resolve({ pending, unsent });
  };

  const launch = (at: number) => {
    const sent = request(at);
    pending += 1;
    onSend?.(sent, elapsed() - at);
    send(sent, (outcome) => {
      if (ended) return;
      pending -= 1;
      onOutcome(sent, outcome, elapsed() - at);
      pump();
    });
  };

  const pump = () => {
    if (ended) return;
    const now = elapsed();
    // The iterator is the queue: what is due while every connection is busy stays in it.
    while (!next.done && next.value <= now && pending < connections && sendUntil > now) {
      const at = next.value;
      next = due.next();
      launch(at);
    }
    const over = next.done || sendUntil <= now;
    if (over && pending === 0) end();
    else if (!next.done && next.value > now) timer ??= setTimeout(tick, next.value - now);
  };

  const tick = () => {
    timer = undefined;
    pump();
  };

  const stop = () => {
    sendUntil = elapsed();
    clearTimeout(last);
    last = setTimeout(end, grace);
    pump();
  };

  let last = setTimeout(end, deadline);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  else pump();
  return promise;
}
