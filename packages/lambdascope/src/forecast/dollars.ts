/** What AWS would ask for a simulated stretch of time. */
import { type Architecture, prices, type Region, type Tiers } from './prices.ts';
import type { Slice } from './slice.ts';

/** What a bill depends on beside traffic. */
export interface Billing {
  readonly region: Region;
  readonly architecture: Architecture;
  readonly memoryMb: number;
  readonly provisioned: number;
  readonly api: 'rest' | 'http' | 'none';
  /** Written to logs by each invocation. */
  readonly logBytes: number;
  /** Metrics of CloudWatch. */
  readonly metrics: number;
}

/** A month has 730 hours. */
export const MONTH_SECONDS = 730 * 3600;

/**
 * Bytes of the line of metrics that the kit writes for an invocation, and of the gateway's access log:
 * as they were measured for docs/deploy.md.
 */
export const LOG_BYTES = { metrics: 850, access: 450 } as const;

/** The kit's own metrics of one function, each with the values of its labels: `builtInMetrics.ts`. */
export const KIT_METRICS = 24;

/** Dollars of a month that goes on like that, by what they are for. */
export function bill(
  slice: Pick<
    Slice,
    'seconds' | 'requests' | 'served' | 'pings' | 'billedMs' | 'billedProvisionedMs'
  >,
  billing: Billing,
) {
  const { region, architecture, memoryMb, provisioned, api, logBytes, metrics } = billing;
  const price = prices[region];
  const gigabytes = memoryMb / 1024;
  const months = slice.seconds / MONTH_SECONDS;
  const invocations = (slice.served + slice.pings) / months;
  const gbSeconds = (ms: number) => ((ms / 1000) * gigabytes) / months;
  return {
    duration: gbSeconds(slice.billedMs) * price.gbSecond[architecture],
    provisioned:
      provisioned * gigabytes * MONTH_SECONDS * price.provisionedGbSecond[architecture] +
      gbSeconds(slice.billedProvisionedMs) * price.provisionedDurationGbSecond[architecture],
    invocations: (invocations / 1e6) * price.millionInvocations,
    api: tiered(slice.requests / months, price.api[api]),
    logs: tiered((invocations * logBytes) / 1e9, price.logGb),
    metrics: metrics * price.metric,
  };
}

/** Dollars for so many. */
function tiered(count: number, tiers: Tiers): number {
  let below = 0;
  let sum = 0;
  for (const [upTo, price] of tiers) {
    sum += Math.max(0, Math.min(count, upTo) - below) * price;
    below = upTo;
  }
  return sum;
}
