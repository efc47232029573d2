/** What happened in a span: the numbers that the page shows. */

import { metrics } from '../builtInMetrics.ts';
import type { ShownMetric } from '../emulator/livePage.ts';
import type { Series } from './history.ts';
import { shownValues } from './shownValues.ts';
import { distribution, type Span, sum, sumBy } from './span.ts';

/** The cold starts of one function in a span. */
export interface ColdStart {
  readonly function: string;
  readonly count: number;
  /** Mean latency of those requests, which includes init; NaN when none has answered. */
  readonly latencySeconds: number;
  /** Mean init time. */
  readonly initSeconds: number;
  /** Mean of the most instances that were starting at once meanwhile; NaN where nobody can tell. */
  readonly initConcurrency: number;
}

/** Counts and levels of a span of time. Quantiles, means and shares are NaN where nothing was counted. */
export interface Signals {
  /** Length of the span. */
  readonly seconds: number;
  readonly requests: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  /** What no function got, by the reason. */
  readonly refused: ReadonlyMap<string, number>;
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly coldStarts: readonly ColdStart[];
  /** At the end of the span. */
  readonly instances: ReadonlyMap<string, number>;
  readonly inFlight: number;
  /** The most that an instance used of late, in bytes. */
  readonly memory: ReadonlyMap<string, number>;
  /** The functions that were ever asked. */
  readonly asked: ReadonlySet<string>;
  /** What the service's own metrics show, by their names. */
  readonly shown: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * The signals of a span.
 *
 * @param shown the service's own metrics that have a chart
 */
export function signalsOf(span: Span, shown: readonly ShownMetric[]): Signals {
  const { seconds, series, increase, level } = span;
  const requests = series(metrics.requests.name);
  const { quantile } = distribution(span, metrics.latency.name, increase);
  return {
    seconds,
    requests: sumBy(requests, 'function', increase),
    errors: sumBy(series(metrics.errors.name), 'kind', increase),
    refused: sumBy(series(metrics.throttled.name), 'reason', increase),
    latency: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
    coldStarts: coldStartsOf(span),
    instances: sumBy(series(metrics.instances.name), 'function', level),
    inFlight: sum(series(metrics.inFlight.name), level),
    memory: sumBy(series(metrics.maxMemoryUsed.name), 'function', level),
    asked: new Set(sumBy(requests.filter(level), 'function', level).keys()),
    shown: new Map(shown.map((metric) => [metric.name, shownValues(metric, span)])),
  };
}

/** The cold starts of a span, by function; none of functions that had none. */
export function coldStartsOf(span: Span): ColdStart[] {
  const byFunction = (name: string, suits = (_: Series) => true) =>
    sumBy(span.series(name).filter(suits), 'function', span.increase);
  const mean = (name: string, suits?: (series: Series) => boolean) => {
    const sums = byFunction(`${name}_sum`, suits);
    const counts = byFunction(`${name}_count`, suits);
    return (one: string) => (sums.get(one) ?? 0) / (counts.get(one) ?? 0);
  };
  const latency = mean(metrics.latency.name, ({ labels }) => labels.get('cold_start') === 'true');
  const init = mean(metrics.initDuration.name);
  const concurrency = mean(metrics.initConcurrency.name);
  return [...byFunction(metrics.coldStarts.name)]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({
      function: name,
      count,
      latencySeconds: latency(name),
      initSeconds: init(name),
      initConcurrency: concurrency(name),
    }));
}
