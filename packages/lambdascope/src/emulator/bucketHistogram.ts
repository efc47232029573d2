/** A histogram that takes whole buckets at once, and whose edges may differ between label sets. */
import type { Metric, Registry } from 'prom-client';
import { bucketOf, summand } from '../function/localSink.ts';
import type { BucketCounts, Labels } from '../metrics.ts';

interface Series {
  readonly labels: Labels;
  readonly edges: readonly number[];
  readonly counts: number[];
  sum: number;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Adds a value, or buckets of values, to a series. */
export type AddValues = (values: number | BucketCounts) => void;

/** What prom-client's own histogram cannot do; in a registry it behaves like one. */
export interface BucketHistogram {
  /** A new series, at zero. */
  series(labels: Labels, edges: readonly number[]): AddValues;
}

/** A histogram in a registry. */
export function createBucketHistogram(
  registry: Registry,
  { name, help }: { readonly name: string; readonly help: string },
): BucketHistogram {
  const all: Series[] = [];

  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      values: all.flatMap((one) => samples(name, one)),
      aggregator: 'sum',
    }),
  };
  // A registry asks a metric for no more than this, though its type is the classes of prom-client.
  registry.registerMetric(metric as unknown as Metric);

  return {
    series(labels, edges) {
      const one = { labels, edges, counts: new Array<number>(edges.length + 1).fill(0), sum: 0 };
      all.push(one);
      return (values) => {
        if (typeof values === 'number') {
          const bucket = bucketOf(values, edges);
          one.counts[bucket] = (one.counts[bucket] as number) + 1;
          one.sum += summand(values);
          return;
        }
        for (let bucket = 0; bucket < one.counts.length; bucket += 1) {
          one.counts[bucket] = (one.counts[bucket] as number) + (values.counts[bucket] ?? 0);
        }
        one.sum += values.sum;
      };
    },
  };
}

/** The samples of a series: cumulative buckets, sum and count. */
function samples(name: string, { labels, edges, counts, sum }: Series): Sample[] {
  let count = 0;
  const buckets = counts.map((inBucket, bucket) => {
    count += inBucket;
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: edges[bucket] ?? '+Inf' },
      value: count,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
