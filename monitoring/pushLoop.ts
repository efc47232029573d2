/** Keeps a Pushgateway's copy of the metrics fresh, off the path of requests. */
import { setTimeout as pause } from 'node:timers/promises';
import type { MetricsSource } from './metricsServer.ts';
import { thresholds } from './thresholds.ts';

/** Least time between two pushes, in milliseconds. */
const LEAST_PAUSE = 1000;
/** Longest time between two tries while the gateway is away. */
const LONGEST_PAUSE = 15_000;
/** Time that one push may take. */
const PATIENCE = 5000;
/** Time that each of the last two requests may take: Ctrl-C does not wait for a gateway. */
const LAST_PATIENCE = 500;

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
}

export interface PushLoop {
  /** Pushes the last state and ends; then removes it from the gateway, if so asked. */
  stop(options: { deleteGroup: boolean }): Promise<void>;
}

/**
 * Pushes at once, then whenever something changed, but no more than once a second; when nothing
 * changed, every `heartbeatSeconds`, so that an old push means trouble and a gateway that lost its
 * memory gets it back. While the gateway is away the pauses grow, and one line says so.
 */
export function startPushLoop({
  url,
  job,
  instance,
  metrics,
  changes,
  heartbeatSeconds = thresholds.pipeline.heartbeatSeconds,
}: PushLoopOptions): PushLoop {
  const group = `${url.replace(/\/$/, '')}/metrics/job/${encodeURIComponent(job)}/instance/${encodeURIComponent(instance)}`;
  const stopping = new AbortController();
  let reachable: boolean | undefined;
  const ended = run();

  async function run(): Promise<void> {
    let pushedChanges = -1;
    let pushedAt = 0;
    let wait = LEAST_PAUSE;
    while (!stopping.signal.aborted) {
      const now = changes();
      if (now !== pushedChanges || performance.now() - pushedAt >= heartbeatSeconds * 1000) {
        if (await push(PATIENCE, stopping.signal)) {
          pushedChanges = now;
          pushedAt = performance.now();
          wait = LEAST_PAUSE;
        } else {
          wait = Math.min(wait * 2, LONGEST_PAUSE);
        }
      }
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  /** Replaces the group; gives whether the gateway took it. */
  async function push(patience: number, cancelled?: AbortSignal): Promise<boolean> {
    try {
      const headers = { 'content-type': metrics.contentType };
      await send({ method: 'PUT', headers, body: await metrics.text() }, patience, cancelled);
      report(true, `Pushing metrics to ${url}`);
      return true;
    } catch (error) {
      if (cancelled?.aborted) return false;
      report(false, `No Pushgateway: ${url} ${reasonOf(error)}. Metrics go there once it answers.`);
      return false;
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
      const pushed = await push(LAST_PATIENCE);
      if (!pushed || !deleteGroup) return;
      await send({ method: 'DELETE' }, LAST_PATIENCE).catch((error: unknown) => {
        console.log(`The metrics stay in the Pushgateway: ${url} ${reasonOf(error)}`);
      });
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'does not answer in time';
  // What fetch itself says is only that it failed.
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && cause.code === 'ECONNREFUSED'
    ? 'is not there'
    : `fails: ${cause.message}`;
}
