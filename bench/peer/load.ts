/** What every service is asked, and how fast it answers. */
import { closedLoop } from '../../tools/load/closedLoop.ts';
import { type HttpRequest, openSender } from '../../tools/load/sender.ts';
import { median, quantile } from '../measure.ts';
import { realRows } from '../rowRequest.ts';
import type { BenchServer } from '../servers.ts';
import type { Contender, Form } from './contenders.ts';

/** Time that is measured, in seconds. */
export const SLICE = 3;

/** A kind of request at a number of connections. */
export interface Load {
  readonly form: Form;
  /** Rows in a request. */
  readonly rows: number;
  readonly connections: number;
  /** Seconds of the same load before it is measured. */
  readonly warmUp: number;
}

/** How a service did under a load. */
export interface Speed {
  /** Good answers a second. */
  readonly rate: number;
  /** Latency in seconds: half of the answers came within p50, 99 of 100 within p99. */
  readonly p50: number;
  readonly p99: number;
  /** Requests without a good answer. */
  readonly failed: number;
}

/** Loads a service, after a warm-up with the same; undefined when it does not take that form. */
export async function measureSpeed(
  { origin }: BenchServer,
  contender: Contender,
  { form, rows, connections, warmUp }: Load,
): Promise<Speed | undefined> {
  const asked = contender.request(form, realRows(rows));
  if (!asked) return undefined;
  // As bytes: to make them of a string again for each request would be the sender's time.
  const request: HttpRequest = { ...asked, body: Buffer.from(asked.body ?? '') };
  const { send, close } = openSender({ origin, connections, timeoutSeconds: 30 });
  const latencies: number[] = [];
  let failed = 0;
  const loop = { request: () => request, send, connections };
  await closedLoop({ ...loop, seconds: Math.min(warmUp, contender.warmUp), onOutcome() {} });
  const elapsed = await closedLoop({
    ...loop,
    seconds: SLICE,
    onOutcome(_request, outcome, milliseconds) {
      if ('status' in outcome && outcome.status === 200) latencies.push(milliseconds / 1000);
      else failed += 1;
    },
  });
  await close();
  latencies.sort((a, b) => a - b);
  return {
    rate: latencies.length / elapsed,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    failed,
  };
}

/** The medians of several runs; failures add up. */
export function middleSpeed(runs: readonly Speed[]): Speed {
  return {
    rate: median(runs.map(({ rate }) => rate)),
    p50: median(runs.map(({ p50 }) => p50)),
    p99: median(runs.map(({ p99 }) => p99)),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  };
}
