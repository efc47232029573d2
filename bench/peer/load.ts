/** What both services are asked, and how fast they answer. */
import { model } from '../../lib/servedModel.ts';
import { closedLoop } from '../../tools/load/closedLoop.ts';
import { openSender } from '../../tools/load/sender.ts';
import { median } from '../measure.ts';
import { realRows, rowRequest } from '../rowRequest.ts';
import type { BenchServer } from '../servers.ts';

/** Time that is measured, in seconds. */
const SLICE = 3;

/** A kind of request at a number of connections. */
export interface Load {
  readonly form: 'row' | 'objects' | 'lists';
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

/** Where a service takes each form of request. */
export type Paths = Readonly<Record<Load['form'], string>>;

/** Loads a service, after a warm-up with the same. */
export async function measureSpeed(
  { origin }: BenchServer,
  paths: Paths,
  load: Load,
): Promise<Speed> {
  const { connections, warmUp } = load;
  // As bytes: to make them of a string again for each request would be the sender's time.
  const body = Buffer.from(bodyOf(load));
  const request = { ...rowRequest, path: paths[load.form], body };
  const { send, close } = openSender({ origin, connections, timeoutSeconds: 30 });
  const latencies: number[] = [];
  let failed = 0;
  const loop = { request: () => request, send, connections };
  await closedLoop({ ...loop, seconds: warmUp, onOutcome() {} });
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
  const quantile = (share: number) =>
    latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN;
  return {
    rate: latencies.length / elapsed,
    p50: quantile(0.5),
    p99: quantile(0.99),
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

/** The same body for both services: each ignores what only the other reads. */
function bodyOf({ form, rows }: Load): string {
  const columns = model.features.map(({ name }) => name);
  const data = realRows(rows);
  const objects = data.map((row) =>
    Object.fromEntries(row.map((value, index) => [columns[index], value])),
  );
  if (form === 'row') return JSON.stringify(objects[0]);
  return JSON.stringify(form === 'objects' ? { instances: objects } : { columns, data });
}
