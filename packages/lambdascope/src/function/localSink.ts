/** Hands what is observed to the emulator that runs this instance: one message an invocation. */
import { channel } from 'node:diagnostics_channel';
import { BroadcastChannel, threadId } from 'node:worker_threads';
import {
  type BucketCounts,
  definedMetrics,
  edgesOf,
  type MetricDefinition,
  type Recorded,
} from '../metrics.ts';
import type { Observation } from './observation.ts';
import type { Sink } from './sink.ts';

/** The channel, within the instance and between it and the emulator. */
export const REPORTS = 'lambdascope:reports';

/**
 * Values of one metric under one label set, whose values are in the order of the definition's labels; those
 * of a histogram in its buckets, if they are many. A list, as each is cloned on its way.
 */
export type Counted = readonly [
  name: string,
  value: number | BucketCounts,
  ...labels: readonly string[],
];

/** An Observation with its values condensed: a batch of 10,000 rows costs the aggregator what one row costs. */
export interface CountedObservation extends Omit<Observation, 'recorded' | 'properties'> {
  readonly counted: readonly Counted[];
}

/** What is said to the emulator. */
export type Report =
  /** The function is observed, and may record these metrics. Once, at load. */
  | { readonly kind: 'hello'; readonly metrics: readonly MetricDefinition[] }
  /** It is about to answer. */
  | { readonly kind: 'observation'; readonly observation: CountedObservation }
  /** It is about to answer what is not counted. */
  | { readonly kind: 'ignored' };

/** A report of an instance that is no thread of the kit's own runner. */
export interface ThreadReport {
  readonly threadId: number;
  /** What the function says of itself, or the thread of the function: that it has loaded. */
  readonly report: Report | { readonly kind: 'loaded'; readonly initSeconds: number };
}

/** A sum must stay finite and keep its small digits, whatever a client sends. */
const LARGEST_SUMMAND = 1e9;

/** A sink that reports to the emulator, if one listens. */
export function createLocalSink(): Sink {
  const report = reporter();
  report({ kind: 'hello', metrics: definedMetrics() });
  return {
    observe({ recorded, properties: _, ...observation }) {
      const counted = recorded.map(condense);
      report({ kind: 'observation', observation: { ...observation, counted } });
    },
    ignored: () => report({ kind: 'ignored' }),
  };
}

/** Who runs the function listens here, where it can: the kit's own runner, which sends reports along with the answer. */
function reporter(): (report: Report) => void {
  const reports = channel(REPORTS);
  if (reports.hasSubscribers) return (report) => reports.publish(report);
  const broadcast = new BroadcastChannel(REPORTS);
  // It is no reason for an instance to live on.
  broadcast.unref();
  return (report) => broadcast.postMessage({ threadId, report } satisfies ThreadReport);
}

/** Many values of a histogram by bucket, of a counter as their sum, of a gauge the last. */
export function condense({ metric, labels, values }: Recorded): Counted {
  const { name, kind, labels: names = [] } = metric;
  const counted = (value: number | BucketCounts): Counted => [
    name,
    value,
    ...names.map((label) => labels[label] ?? ''),
  ];
  if (typeof values === 'number') return counted(values);
  if (values.length === 1) return counted(values[0] ?? 0);
  if (kind === 'histogram') return counted(countValues(values, edgesOf(metric, labels)));
  return counted(kind === 'gauge' ? (values[values.length - 1] ?? Number.NaN) : sumOf(values));
}

/** Sorts values into buckets. */
function countValues(values: ArrayLike<number>, edges: readonly number[]): BucketCounts {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    const bucket = bucketOf(value, edges);
    counts[bucket] = (counts[bucket] as number) + 1;
    sum += summand(value);
  }
  return { counts, sum };
}

/** Index of the bucket that a value is in. */
export function bucketOf(value: number, edges: readonly number[]): number {
  let bucket = 0;
  while (bucket < edges.length && value > (edges[bucket] as number)) bucket += 1;
  return bucket;
}

/** What a value adds to a sum. */
export function summand(value: number): number {
  return Math.max(-LARGEST_SUMMAND, Math.min(LARGEST_SUMMAND, value));
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] as number;
  return sum;
}
