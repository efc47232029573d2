/** What happened in a part of a simulated run. */
import { Latencies } from './latencies.ts';

/** Off by rounding alone is no millisecond more. */
const ROUNDING = 1e-6;

/** Counts of a stretch of time; pings are no requests. */
export class Slice {
  seconds: number;
  requests = 0;
  cold = 0;
  refused = 0;
  pings = 0;
  instanceSeconds = 0;
  instancesMax = 0;
  /** Whole milliseconds of each invocation, init included, as AWS bills them. */
  billedMs = 0;
  /** The same, in provisioned instances. */
  billedProvisionedMs = 0;
  readonly latencies = new Latencies();

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  bill(seconds: number, isProvisioned: boolean): void {
    const milliseconds = Math.ceil(seconds * 1000 - ROUNDING);
    if (isProvisioned) this.billedProvisionedMs += milliseconds;
    else this.billedMs += milliseconds;
  }

  /** Requests that ran. */
  get served(): number {
    return this.requests - this.refused;
  }
}

/** Several as one. */
export function together(slices: readonly Slice[]): Slice {
  const all = new Slice(0);
  for (const one of slices) {
    all.seconds += one.seconds;
    all.requests += one.requests;
    all.cold += one.cold;
    all.refused += one.refused;
    all.pings += one.pings;
    all.instanceSeconds += one.instanceSeconds;
    all.instancesMax = Math.max(all.instancesMax, one.instancesMax);
    all.billedMs += one.billedMs;
    all.billedProvisionedMs += one.billedProvisionedMs;
    all.latencies.merge(one.latencies);
  }
  return all;
}
