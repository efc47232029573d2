/** Counts what became of the requests of one profile. */
import { createHistogram } from 'node:perf_hooks';
import { isRefusal } from './refusals.ts';
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

type Times = ReturnType<typeof createHistogram>;

/** Microseconds up to an hour, to three digits: what HdrHistogram gives. */
const RANGE = { lowest: 1, highest: 3_600_000_000, figures: 3 } as const;

/** Running counts, of nothing at first; read them at any time. */
export class Tally {
  sent = 0;
  answered = 0;
  /** Answers with a status of 400 or more, expected or not. */
  errors = 0;
  /** Rows predicted. */
  rows = 0;
  /** Rows that the server called out of distribution. */
  outOfDistribution = 0;
  /** Answers that a function gave or had no instance for, by what was sent; the gateway gave the others itself. */
  invoked = 0;
  readonly statuses = new Map<number, number>();
  /** Requests without an answer, by reason. */
  readonly failures = new Map<string, number>();
  readonly surprises = new Map<string, Surprise>();
  readonly #latencies = createHistogram(RANGE);
  readonly #delays = createHistogram(RANGE);

  /** Notes that a request was sent, so many milliseconds after it was due. */
  send(delay: number): void {
    this.sent += 1;
    record(this.#delays, delay);
  }

  /** Notes an outcome. */
  outcome(request: LoadRequest, outcome: Outcome, latency: number): void {
    if ('failure' in outcome) {
      increase(this.failures, outcome.failure);
      return;
    }
    const { status } = outcome;
    this.answered += 1;
    if (status >= 400) this.errors += 1;
    if (request.invokes) this.invoked += 1;
    increase(this.statuses, status);
    record(this.#latencies, latency);
    if (request.mayBeRefused && isRefusal(outcome)) return;
    const found = status === 200 ? request.count(outcome.body) : NONE;
    this.rows += found.rows;
    this.outOfDistribution += found.outOfDistribution;
    if (status !== request.status && status !== request.orStatus) {
      this.#surprise(request.kind, String(request.status), String(status));
    } else if (found.rows !== request.rows) {
      this.#surprise(request.kind, `${request.rows} predictions`, `${found.rows}`);
    }
  }

  /** Notes requests that will get no answer. */
  lose(reason: string, count: number): void {
    if (count > 0) increase(this.failures, reason, count);
  }

  /** Adds the counts and times of another tally. */
  add(other: Tally): void {
    for (const count of COUNTS) this[count] += other[count];
    for (const [status, count] of other.statuses) increase(this.statuses, status, count);
    for (const [reason, count] of other.failures) increase(this.failures, reason, count);
    for (const { kind, expected, got, count } of other.surprises.values()) {
      this.#surprise(kind, expected, got, count);
    }
    this.#latencies.add(other.#latencies);
    this.#delays.add(other.#delays);
  }

  /** Latencies of answers; undefined when there is none. */
  latencies(): Percentiles | undefined {
    return percentiles(this.#latencies);
  }

  /** Delays of sending; undefined when nothing was sent. */
  delays(): Percentiles | undefined {
    return percentiles(this.#delays);
  }

  #surprise(kind: string, expected: string, got: string, count = 1): void {
    const key = `${kind}\n${expected}\n${got}`;
    const known = this.surprises.get(key);
    if (known) known.count += count;
    else this.surprises.set(key, { kind, expected, got, count });
  }
}

const COUNTS = ['sent', 'answered', 'errors', 'rows', 'outOfDistribution', 'invoked'] as const;

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
