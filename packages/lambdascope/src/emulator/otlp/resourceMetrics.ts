/** Families of series in the form that OpenTelemetry's exporter takes. */
import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { baseUnitOf, type Family, type Series } from '../metricFamilies.ts';

/** What one resource has. */
export interface ResourceFamilies {
  readonly attributes: Attributes;
  readonly families: readonly Family[];
}

/** Prometheus' base units, as UCUM writes them. */
const UCUM: Readonly<Record<string, string>> = { seconds: 's', bytes: 'By', ratio: '1' };

/** A time that is not known. */
const UNKNOWN: HrTime = [0, 0];

const SCOPE = { name: 'lambdascope' };

/** @param time Unix time of the values, in milliseconds */
export function resourceMetrics(
  { attributes, families }: ResourceFamilies,
  time: number,
): ResourceMetrics {
  const metrics = families.map((family) => metricData(family, hrTime(time)));
  return {
    resource: resourceFromAttributes(attributes),
    scopeMetrics: [{ scope: SCOPE, metrics }],
  };
}

function metricData(family: Family, endTime: HrTime): MetricData {
  const { name, help, kind, series, unit = UCUM[baseUnitOf(family) ?? ''] ?? '' } = family;
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (kind === 'histogram') {
    const dataPoints = series.flatMap((one) => histogramPoints(one, endTime));
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = series.flatMap((one) => numberPoints(one, endTime));
  return kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}

function numberPoints({ value, ...series }: Series, endTime: HrTime): DataPoint<number>[] {
  return typeof value === 'number' ? [{ ...pointOf(series, endTime), value }] : [];
}

function histogramPoints({ value, ...series }: Series, endTime: HrTime): DataPoint<Histogram>[] {
  if (typeof value === 'number') return [];
  const { edges, counts, sum } = value;
  const count = counts.reduce((all, inBucket) => all + inBucket, 0);
  const buckets = { boundaries: [...edges], counts: [...counts] };
  return [{ ...pointOf(series, endTime), value: { buckets, sum, count } }];
}

function pointOf({ labels, since }: Omit<Series, 'value'>, endTime: HrTime) {
  return { attributes: labels, startTime: since === undefined ? UNKNOWN : hrTime(since), endTime };
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, (milliseconds - seconds * 1000) * 1e6];
}
