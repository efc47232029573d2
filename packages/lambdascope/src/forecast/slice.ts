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

  /** Adds what happened in another. */
  add(other: Slice): void {
    this.seconds += other.seconds;
    this.requests += other.requests;
    this.cold += other.cold;
    this.refused += other.refused;
    this.pings += other.pings;
    this.instanceSeconds += other.instanceSeconds;
    this.instancesMax = Math.max(this.instancesMax, other.instancesMax);
    this.billedMs += other.billedMs;
    this.billedProvisionedMs += other.billedProvisionedMs;
    this.latencies.merge(other.latencies);
  }
}

/** Several as one. */
export function together(slices: readonly Slice[]): Slice {
  const all = new Slice(0);
  for (const slice of slices) all.add(slice);
  return all;
}
