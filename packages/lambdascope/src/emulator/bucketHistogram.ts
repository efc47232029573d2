/** A histogram that takes whole buckets at once, and whose edges may differ between label sets. */
import type { Metric, Registry } from 'prom-client';
import type { MetricDefinition } from '../lib/metrics.ts';
import type { BucketCounts } from '../lib/predictionCounts.ts';

type Labels = Readonly<Record<string, string>>;

interface Series extends BucketCounts {
  readonly labels: Labels;
  readonly edges: readonly number[];
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
  /** Adds buckets to a series; a series that was not made has no edges, and is left out. */
  add(labels: Labels, values: BucketCounts | undefined): void;
}

/** A histogram in a registry. */
export function createBucketHistogram(
  registry: Registry,
  { name, help, labels: labelNames }: MetricDefinition,
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
      if (one === undefined || values === undefined) return;
      for (let bucket = 0; bucket < one.counts.length; bucket += 1) {
        one.counts[bucket] = (one.counts[bucket] as number) + (values.counts[bucket] ?? 0);
      }
      one.sum += values.sum;
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
