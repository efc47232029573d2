/** A histogram that takes whole buckets at once, and whose edges may differ between label sets. */
import type { Metric, Registry } from 'prom-client';
import { countValues } from '../function/localSink.ts';
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

/** What prom-client's own histogram cannot do; in a registry it behaves like one. */
export interface BucketHistogram {
  /** Makes a series, at zero; one that exists stays as it is. */
  zero(labels: Labels, edges: readonly number[]): void;
  /** Adds a value, or buckets of values, to a series; one that was not made has no edges, and is left out. */
  add(labels: Labels, values: number | BucketCounts): void;
}

/** A histogram in a registry. */
export function createBucketHistogram(
  registry: Registry,
  { name, help, labelNames }: { name: string; help: string; labelNames: readonly string[] },
): BucketHistogram {
  const series = new Map<string, Series>();
  const key = (labels: Labels): string => labelNames.map((label) => labels[label]).join('\n');

  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      values: [...series.values()].flatMap((one) => samples(name, one)),
      aggregator: 'sum',
    }),
  };
  // A registry asks a metric for no more than this, though its type is the classes of prom-client.
  registry.registerMetric(metric as unknown as Metric);

  return {
    zero(labels, edges) {
      if (series.has(key(labels))) return;
      const counts = new Array<number>(edges.length + 1).fill(0);
      series.set(key(labels), { labels, edges, counts, sum: 0 });
    },
    add(labels, values) {
      const one = series.get(key(labels));
      if (one === undefined) return;
      const { counts, sum } =
        typeof values === 'number' ? countValues([values], one.edges) : values;
      for (let bucket = 0; bucket < one.counts.length; bucket += 1) {
        one.counts[bucket] = (one.counts[bucket] as number) + (counts[bucket] ?? 0);
      }
      one.sum += sum;
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
