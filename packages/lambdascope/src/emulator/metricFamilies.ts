/** What a registry holds, as families of series: what OpenMetrics and OTLP are written from. */
import type { MetricValueWithName, Registry } from 'prom-client';
import type { BucketCounts, Labels, MetricKind } from '../metrics.ts';

/** A histogram's value. */
export interface Buckets extends BucketCounts {
  /** Upper bounds, ascending, of all buckets but the last. */
  readonly edges: readonly number[];
}

/** One label set of a metric. */
export interface Series {
  readonly labels: Labels;
  readonly value: number | Buckets;
  /** Unix time in milliseconds since which it counts; none of a gauge, nor where it never began. */
  readonly since?: number;
}

/** All series of a metric. */
export interface Family {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  /** In UCUM. @default what the name ends in */
  readonly unit?: string;
  readonly series: readonly Series[];
}

/** What of a registry is read. */
export type ReadableRegistry = Pick<Registry, 'getMetricsAsJSON'>;

/** Reads every metric of a registry, in its order. */
export async function familiesOf(registry: ReadableRegistry): Promise<readonly Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, values }) => {
    // What kinds a registry has, the kit and prom-client's default metrics decide.
    const kind = type as unknown as MetricKind;
    return {
      name,
      help,
      kind,
      series: kind === 'histogram' ? histograms(values) : numbers(values),
    };
  });
}

/** What a metric's values are measured in, by how Prometheus would have its name end. */
export function baseUnitOf({ name }: Pick<Family, 'name'>): string | undefined {
  const base = name.replace(/_total$/, '');
  return ['seconds', 'bytes', 'ratio'].find((unit) => base.endsWith(`_${unit}`));
}

type Values = readonly MetricValueWithName<string>[];

function numbers(values: Values): readonly Series[] {
  return values.map(({ labels, value }) => ({ labels: textLabels(labels), value }));
}

/** Buckets add up in a registry; here each has its own. */
function histograms(values: Values): readonly Series[] {
  const all = new Map<string, { labels: Labels; edges: number[]; counts: number[]; sum: number }>();
  for (const { metricName = '', labels: given, value } of values) {
    const { le, ...labels } = textLabels(given);
    const key = Object.values(labels).join('\n');
    let one = all.get(key);
    if (one === undefined) {
      one = { labels, edges: [], counts: [], sum: 0 };
      all.set(key, one);
    }
    if (metricName.endsWith('_sum')) one.sum = value;
    if (le === undefined) continue;
    if (le !== '+Inf') one.edges.push(Number(le));
    one.counts.push(value);
  }
  return [...all.values()].map(({ labels, edges, counts, sum }) => ({
    labels,
    value: { edges, counts: counts.map((count, index) => count - (counts[index - 1] ?? 0)), sum },
  }));
}

function textLabels(labels: Values[number]['labels']): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}
