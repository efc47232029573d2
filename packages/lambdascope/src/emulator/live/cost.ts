/** What AWS would bill for what a function has done since the emulator started. */
import { bill, MONTH_SECONDS } from '../../forecast/dollars.ts';
import { type Architecture, type Region, regions } from '../../forecast/prices.ts';
import type { Cost } from './functionView.ts';

/** What a function has done. */
export interface Done {
  readonly invocations: number;
  /** Of these, through each kind of API. */
  readonly requests: Readonly<Record<'rest' | 'http', number>>;
  /** Whole milliseconds of each invocation, init included, but in provisioned instances. */
  readonly billedMillis: number;
  readonly billedProvisionedMillis: number;
}

export interface BilledFunction {
  readonly region: string | undefined;
  readonly architecture: Architecture;
  readonly memorySizeMegabytes: number;
  readonly provisioned: number;
}

/** Dollars so far, without logs, metrics and the free tier; where its region's prices are not known, at the first known one's. */
export function costOf(done: Done, billed: BilledFunction, upSeconds: number): Cost {
  const region: Region = regions.find((one) => one === billed.region) ?? 'us-east-1';
  const { architecture, memorySizeMegabytes: memoryMb, provisioned } = billed;
  // As a month in which nothing else happened.
  const month = {
    seconds: MONTH_SECONDS,
    served: done.invocations,
    pings: 0,
    billedMs: done.billedMillis,
    billedProvisionedMs: done.billedProvisionedMillis,
  };
  const billing = {
    region,
    architecture,
    memoryMb,
    provisioned: (provisioned * upSeconds) / MONTH_SECONDS,
    logBytes: 0,
    metrics: 0,
  };
  const rest = bill({ ...month, requests: done.requests.rest }, { ...billing, api: 'rest' });
  const http = bill({ ...month, requests: done.requests.http }, { ...billing, api: 'http' });
  const { duration, provisioned: ofProvisioned, invocations } = rest;
  const api = rest.api + http.api;
  return {
    region,
    gbSeconds: ((done.billedMillis + done.billedProvisionedMillis) / 1000) * (memoryMb / 1024),
    duration,
    provisioned: ofProvisioned,
    invocations,
    api,
    total: duration + ofProvisioned + invocations + api,
  };
}
