/**
 * Sends each request when the answer to the one before is there, on every connection at once: the
 * most that a server can do at that concurrency. It measures throughput; for latency under a given
 * rate use the open loop.
 */
import type { HttpRequest, Outcome, Send } from './sender.ts';

/** What a closed loop needs. */
export interface ClosedLoop<Request extends HttpRequest> {
  /** The request to send next. */
  readonly request: () => Request;
  readonly send: Send;
  /** Requests on their way at all times. */
  readonly connections: number;
  /** Ends after so many requests. @default no limit */
  readonly count?: number;
  /** Sends nothing more after so many seconds. @default no limit */
  readonly seconds?: number;
  /** Called once for each outcome; the latency, in milliseconds, counts from when it was sent. */
  readonly onOutcome: (request: Request, outcome: Outcome, latency: number) => void;
}

/**
 * Runs until the count or the time is reached and every outcome is there.
 *
 * @returns the seconds from the first request to the last outcome
 * @throws RangeError when neither `count` nor `seconds` is given: load is bounded.
 */
export function closedLoop<Request extends HttpRequest>({
  request,
  send,
  connections,
  count = Number.POSITIVE_INFINITY,
  seconds = Number.POSITIVE_INFINITY,
  onOutcome,
}: ClosedLoop<Request>): Promise<number> {
  if (count === Number.POSITIVE_INFINITY && seconds === Number.POSITIVE_INFINITY) {
    throw new RangeError('A closed loop needs a count or a time.');
  }
  const { promise, resolve } = Promise.withResolvers<number>();
  const start = performance.now();
  const until = start + seconds * 1000;
  let sent = 0;
  let pending = 0;

  const launch = () => {
    const now = performance.now();
    if (sent >= count || now >= until) {
      if (pending === 0) resolve((now - start) / 1000);
      return;
    }
    sent += 1;
    pending += 1;
    const each = request();
    send(each, (outcome) => {
      pending -= 1;
      onOutcome(each, outcome, performance.now() - now);
      launch();
    });
  };

  for (let i = 0; i < connections; i += 1) launch();
  return promise;
}
