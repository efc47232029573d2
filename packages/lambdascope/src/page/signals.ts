/** What happened between two readings: the numbers that the page shows. */
import { type MetricKey, metrics } from '../../lib/metrics.ts';
import { type Bucket, histogramQuantile } from './histogramQuantile.ts';
import type { History, Reading, Series } from './history.ts';

/** The cold starts of one function between two readings. */
export interface ColdStart {
  readonly function: string;
  readonly count: number;
  /** Mean latency of those requests, which includes init; NaN when none has answered. */
  readonly latencySeconds: number;
  /** Mean init time. */
  readonly initSeconds: number;
}

/**
 * Counts and levels of a span of time. Quantiles, means and shares are NaN where nothing was counted.
 *
 * What is told of rows (classes, confidence, odd ones) is weighed by request: a batch counts as one,
 * or its thousands of rows would hide every single prediction.
 */
export interface Signals {
  /** Length of the span. */
  readonly seconds: number;
  readonly requests: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  /** By class. */
  readonly predictions: ReadonlyMap<string, number>;
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly confidence: { readonly mean: number; readonly p10: number };
  readonly outOfDistribution: number;
  readonly coldStarts: readonly ColdStart[];
  /** At the end of the span. */
  readonly instances: ReadonlyMap<string, number>;
  readonly inFlight: number;
}

/** The signals of the span from one reading of a history to a later one. */
export function signalsBetween(history: History, from: Reading, to: Reading): Signals {
  const increase = ({ column }: Series) => (to.values[column] ?? 0) - (from.values[column] ?? 0);
  const level = ({ column }: Series) => to.values[column] ?? 0;
  const counts = (key: MetricKey, label: string) =>
    sumBy(history.series(metrics[key].name), label, increase);

  const latency = buckets(history.series(`${metrics.latency.name}_bucket`), increase);
  const byRequest = weighed(history, increase);
  const confidence = buckets(history.series(`${metrics.confidence.name}_bucket`), byRequest);
  const confidenceSum = sum(history.series(`${metrics.confidence.name}_sum`), byRequest);
  const confidenceCount = sum(history.series(`${metrics.confidence.name}_count`), byRequest);
  const predictions = sumBy(history.series(metrics.predictions.name), 'class', byRequest);
  return {
    seconds: to.time - from.time,
    requests: counts('requests', 'function'),
    errors: counts('errors', 'kind'),
    predictions,
    latency: {
      p50: histogramQuantile(0.5, latency),
      p95: histogramQuantile(0.95, latency),
      p99: histogramQuantile(0.99, latency),
    },
    confidence: {
      mean: confidenceSum / confidenceCount,
      p10: histogramQuantile(0.1, confidence),
    },
    outOfDistribution:
      sum(history.series(metrics.outOfDistribution.name), byRequest) / total(predictions),
    coldStarts: coldStarts(history, increase),
    instances: sumBy(history.series(metrics.instances.name), 'function', level),
    inFlight: sum(history.series(metrics.inFlight.name), level),
  };
}

/** The sum of a split count. */
export function total(counts: ReadonlyMap<string, number>): number {
  let all = 0;
  for (const count of counts.values()) all += count;
  return all;
}

type Measure = (series: Series) => number;

function sum(series: readonly Series[], measure: Measure): number {
  return series.reduce((all, one) => all + measure(one), 0);
}

function sumBy(series: readonly Series[], label: string, measure: Measure): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of series) {
    const value = one.labels.get(label) ?? '';
    sums.set(value, (sums.get(value) ?? 0) + measure(one));
  }
  return sums;
}

/** A measure of rows in which each request of a function weighs one, however many rows it has. */
function weighed(history: History, measure: Measure): Measure {
  const by = (name: string) => sumBy(history.series(name), 'function', measure);
  const requests = by(`${metrics.inference.name}_count`);
  const rows = by(metrics.predictions.name);
  return (series) => {
    const counted = measure(series);
    const name = series.labels.get('function') ?? '';
    return counted === 0 ? 0 : (counted * (requests.get(name) ?? 0)) / (rows.get(name) ?? 0);
  };
}

function buckets(series: readonly Series[], measure: Measure): Bucket[] {
  return [...sumBy(series, 'le', measure)].map(([bound, count]) => ({
    upperBound: bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
    count,
  }));
}

function coldStarts(history: History, measure: Measure): ColdStart[] {
  const isCold = ({ labels }: Series) => labels.get('cold_start') === 'true';
  const cold = (suffix: string) =>
    sumBy(history.series(metrics.latency.name + suffix).filter(isCold), 'function', measure);
  const init = (suffix: string) =>
    sumBy(history.series(metrics.initDuration.name + suffix), 'function', measure);
  const [seconds, answers, initSeconds, inits] = [
    cold('_sum'),
    cold('_count'),
    init('_sum'),
    init('_count'),
  ];
  const counts = sumBy(history.series(metrics.coldStarts.name), 'function', measure);
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({
      function: name,
      count,
      latencySeconds: ratio(seconds.get(name), answers.get(name)),
      initSeconds: ratio(initSeconds.get(name), inits.get(name)),
    }));
}

function ratio(part: number | undefined, whole: number | undefined): number {
  return (part ?? 0) / (whole ?? 0);
}
