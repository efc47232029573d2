/** Writes OpenMetrics 1.0: what prom-client writes lacks the time since which a series counts. */
import type { Labels } from '../metrics.ts';
import { type Buckets, baseUnitOf, type Family, type Series } from './metricFamilies.ts';

export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * The families as text.
 *
 * Format: https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export function openMetricsText(families: readonly Family[]): string {
  return [...families.flatMap(familyLines), '# EOF', ''].join('\n');
}

function familyLines(family: Family): string[] {
  const { kind, help, series } = family;
  const name = kind === 'counter' ? family.name.replace(/_total$/, '') : family.name;
  const unit = baseUnitOf(family);
  return [
    `# TYPE ${name} ${kind}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...series.flatMap((one) => seriesLines(name, kind, one)),
  ];
}

function seriesLines(
  name: string,
  kind: Family['kind'],
  { labels, value, since }: Series,
): string[] {
  const lines =
    typeof value !== 'number'
      ? bucketLines(name, labels, value)
      : [line(kind === 'counter' ? `${name}_total` : name, labels, value)];
  if (since !== undefined) lines.push(line(`${name}_created`, labels, since / 1000));
  return lines;
}

function bucketLines(name: string, labels: Labels, { edges, counts, sum }: Buckets): string[] {
  let count = 0;
  const buckets = counts.map((inBucket, bucket) => {
    count += inBucket;
    return line(`${name}_bucket`, { ...labels, le: edgeText(edges[bucket]) }, count);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`;
}

/** An edge is a label, so each has one way to be written: as a float. */
function edgeText(edge = Number.POSITIVE_INFINITY): string {
  const text = numberText(edge);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value < 0 ? '-Inf' : '+Inf';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
