/**
 * What is promised to clients, and how fast an error budget may burn: one specification of window pairs,
 * in a real and a compressed profile, for every objective alike.
 *
 * After "Alerting on SLOs", chapter 5 of Google's Site Reliability Workbook: an alert needs both a
 * long window, which shows that a real part of the budget is gone, and a short one, which shows that
 * it is still burning and lets the alert end soon after the trouble.
 */
import type { Severity } from './alert.ts';
import { percent } from './percent.ts';
import type { Thresholds } from './thresholds.ts';

/** A promise to the client: this share of requests is good, over the budget's period. */
export interface Objective {
  /** What the label `objective` has in Prometheus. */
  readonly name: 'availability' | 'warm-latency' | 'latency';
  /** Share of requests that must be good; the rest is the error budget. */
  readonly target: number;
  /** Slower than this is bad. None: errors are bad. */
  readonly withinSeconds?: number;
  /** Which requests count. */
  readonly requests: 'all' | 'warm';
  /** Whether a fast burn may page someone; otherwise the budget only ever raises a warning. */
  readonly pages: boolean;
  /** The promise in words, for panels and alerts. */
  readonly promise: string;
}

/** Two windows over which the budget must burn faster than `factor`. Durations are in seconds. */
export interface WindowPair {
  readonly longSeconds: number;
  readonly shortSeconds: number;
  /** 1 uses up exactly the whole budget in the period. */
  readonly factor: number;
  readonly forSeconds: number;
  readonly severity: Severity;
}

/** A budget's period and the windows that watch it. */
export interface BurnProfile {
  readonly name: 'real' | 'demo';
  /** What the budget is counted over. */
  readonly periodSeconds: number;
  /** How often the rules are evaluated. */
  readonly intervalSeconds: number;
  readonly pairs: readonly WindowPair[];
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** For a service that runs on: 2 % of a month's budget in an hour pages, 10 % in a day or three warns. */
const real: BurnProfile = {
  name: 'real',
  periodSeconds: 30 * DAY,
  intervalSeconds: 30,
  pairs: [
    pair('critical', 14.4, HOUR, 5 * MINUTE, 2 * MINUTE),
    pair('critical', 6, 6 * HOUR, 30 * MINUTE, 15 * MINUTE),
    pair('warning', 3, DAY, 2 * HOUR, HOUR),
    pair('warning', 1, 3 * DAY, 6 * HOUR, 3 * HOUR),
  ],
};

/**
 * For a demonstration, where nobody waits for an hour: the same factors over minutes. Such short
 * windows see few requests, so in production they would page for noise.
 */
const demo: BurnProfile = {
  name: 'demo',
  periodSeconds: HOUR,
  intervalSeconds: 5,
  pairs: [
    pair('critical', 14.4, 5 * MINUTE, MINUTE, 30),
    pair('warning', 6, 15 * MINUTE, 3 * MINUTE, MINUTE),
  ],
};

/** The profiles; each is a rule file of its own, and prometheus.yml loads one. */
export const burnProfiles = { real, demo } as const;

/** What a service promises. */
export function objectives({
  availability,
  warmLatency,
  latency,
}: Thresholds): readonly Objective[] {
  const within = ({ withinSeconds }: { withinSeconds: number }) => milliseconds(withinSeconds);
  return [
    {
      ...availability,
      name: 'availability',
      requests: 'all',
      pages: true,
      promise: `${percent(availability.target)} of requests are answered without a server error or a time-out`,
    },
    {
      ...warmLatency,
      name: 'warm-latency',
      requests: 'warm',
      pages: true,
      promise: `${percent(warmLatency.target)} of requests to warm instances are answered within ${within(warmLatency)}`,
    },
    {
      ...latency,
      name: 'latency',
      requests: 'all',
      pages: false,
      promise: `${percent(latency.target)} of all requests, cold starts included, are answered within ${within(latency)}`,
    },
  ];
}

/** A time as objectives speak of it. */
export function milliseconds(seconds: number): string {
  return `${seconds * 1000} ms`;
}

/** Share of requests that may be bad, free of binary rounding. */
export function errorBudget({ target }: Pick<Objective, 'target'>): number {
  return Number((1 - target).toPrecision(6));
}

/** The pairs that watch an objective: one that does not page has no critical ones. */
export function pairsOf(profile: BurnProfile, objective: Objective): readonly WindowPair[] {
  return profile.pairs.filter(({ severity }) => objective.pages || severity !== 'critical');
}

/** Every window of a profile in seconds, shortest first, each once. */
export function windowsOf(profile: BurnProfile): readonly number[] {
  const all = profile.pairs.flatMap(({ shortSeconds, longSeconds }) => [shortSeconds, longSeconds]);
  return [...new Set(all)].sort((a, b) => a - b);
}

function pair(
  severity: Severity,
  factor: number,
  longSeconds: number,
  shortSeconds: number,
  forSeconds: number,
): WindowPair {
  return { severity, factor, longSeconds, shortSeconds, forSeconds };
}
