/** Counts what became of the requests of one profile. */
import { createHistogram } from 'node:perf_hooks';
import type { LoadRequest } from './requests.ts';
import type { Outcome } from './sender.ts';

/** An answer that was not the one that the contract promises. */
export interface Surprise {
  /** What was sent. */
  readonly kind: string;
  readonly expected: string;
  readonly got: string;
  count: number;
}

/** Percentiles of some times, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Running counts; read them at any time. */
export interface Tally {
  sent: number;
  answered: number;
  /** Answers with a status of 400 or more, expected or not. */
  errors: number;
  /** Rows predicted. */
  rows: number;
  /** Rows that the server called out of distribution. */
  outOfDistribution: number;
  /** Answers that a function gave, by what was sent; the gateway gave the others itself. */
  invoked: number;
  readonly statuses: Map<number, number>;
  /** Requests without an answer, by reason. */
  readonly failures: Map<string, number>;
  readonly surprises: Map<string, Surprise>;
  /** Notes that a request was sent, so many milliseconds after it was due. */
  send(delay: number): void;
  /** Notes an outcome. */
  outcome(request: LoadRequest, outcome: Outcome, latency: number): void;
  /** Notes requests that will get no answer. */
  lose(reason: string, count: number): void;
  /** Adds the counts and times of another tally. */
  add(other: Tally): void;
  /** Latencies of answers; undefined when there is none. */
  latencies(): Percentiles | undefined;
  /** Delays of sending; undefined when nothing was sent. */
  delays(): Percentiles | undefined;
  /** The recorded times, in microseconds. */
  readonly times: { readonly latency: Times; readonly delay: Times };
}

type Times = ReturnType<typeof createHistogram>;

/** Microseconds up to an hour, to three digits: what HdrHistogram gives. */
const RANGE = { lowest: 1, highest: 3_600_000_000, figures: 3 } as const;

/** A tally of nothing yet. */
export function createTally(): Tally {
  const times = { latency: createHistogram(RANGE), delay: createHistogram(RANGE) };
  const tally: Tally = {
    sent: 0,
    answered: 0,
    errors: 0,
    rows: 0,
    outOfDistribution: 0,
    invoked: 0,
    statuses: new Map(),
    failures: new Map(),
    surprises: new Map(),
    times,
    send(delay) {
      tally.sent += 1;
      record(times.delay, delay);
    },
    outcome(request, outcome, latency) {
      if ('failure' in outcome) {
        increase(tally.failures, outcome.failure);
        return;
      }
      const { status } = outcome;
      tally.answered += 1;
      if (status >= 400) tally.errors += 1;
      if (request.invokes) tally.invoked += 1;
      increase(tally.statuses, status);
      record(times.latency, latency);
      const found = status === 200 ? request.count(outcome.body) : NONE;
      tally.rows += found.rows;
      tally.outOfDistribution += found.outOfDistribution;
      if (status !== request.status) {
        surprise(tally, request.kind, String(request.status), String(status));
      } else if (found.rows !== request.rows) {
        surprise(tally, request.kind, `${request.rows} predictions`, `${found.rows}`);
      }
    },
    lose(reason, count) {
      if (count > 0) increase(tally.failures, reason, count);
    },
    add(other) {
      tally.sent += other.sent;
      tally.answered += other.answered;
      tally.errors += other.errors;
      tally.rows += other.rows;
      tally.outOfDistribution += other.outOfDistribution;
      tally.invoked += other.invoked;
      for (const [status, count] of other.statuses) increase(tally.statuses, status, count);
      for (const [reason, count] of other.failures) increase(tally.failures, reason, count);
      for (const { kind, expected, got, count } of other.surprises.values()) {
        surprise(tally, kind, expected, got, count);
      }
      times.latency.add(other.times.latency);
      times.delay.add(other.times.delay);
    },
    latencies: () => percentiles(times.latency),
    delays: () => percentiles(times.delay),
  };
  return tally;
}

const NONE = { rows: 0, outOfDistribution: 0 } as const;

function record(times: Times, milliseconds: number): void {
  times.record(Math.min(RANGE.highest, Math.max(1, Math.round(milliseconds * 1000))));
}

function percentiles(times: Times): Percentiles | undefined {
  if (times.count === 0) return undefined;
  return {
    p50: times.percentile(50) / 1000,
    p95: times.percentile(95) / 1000,
    p99: times.percentile(99) / 1000,
    max: times.max / 1000,
  };
}

function increase<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function surprise(tally: Tally, kind: string, expected: string, got: string, count = 1): void {
  const key = `${kind}\n${expected}\n${got}`;
  const known = tally.surprises.get(key);
  if (known) known.count += count;
  else tally.surprises.set(key, { kind, expected, got, count });
}
