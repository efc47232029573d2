/** What happened in a span: the numbers that the live page shows. */
import { metrics } from '../../builtInMetrics.ts';
import type { ShownMetric } from '../livePage.ts';
import type { ColdStart, Figures, Signals } from './frame.ts';
import type { Series } from './readings.ts';
import { type DriftSpan, shownValues } from './shownValues.ts';
import { distribution, type Span, sum, sumBy } from './span.ts';

/** The kit's metrics that signals are made of. */
const READ = [
  metrics.requests,
  metrics.errors,
  metrics.throttled,
  metrics.latency,
  metrics.coldStarts,
  metrics.initDuration,
  metrics.initConcurrency,
  metrics.instances,
  metrics.inFlight,
  metrics.maxMemoryUsed,
];

/**
 * Names of all metrics that signals are made of.
 *
 * @param shown the service's own metrics that have a chart
 */
export function metricsRead(shown: readonly ShownMetric[]): ReadonlySet<string> {
  const own = shown.flatMap(({ name, panel: { of, perRequestOf } }) => [name, of, perRequestOf]);
  return new Set([...READ.map(({ name }) => name), ...own].filter((name) => name !== undefined));
}

/**
 * The signals of a span.
 *
 * @param shown the service's own metrics that have a chart
 */
export function signalsOf(span: Span, drift: DriftSpan, shown: readonly ShownMetric[]): Signals {
  const { seconds, series, increase, level } = span;
  const requests = series(metrics.requests.name);
  const { quantile } = distribution(span, metrics.latency.name, increase);
  return {
    seconds,
    requests: figures(sumBy(requests, 'function', increase)),
    errors: figures(sumBy(series(metrics.errors.name), 'kind', increase)),
    refused: figures(sumBy(series(metrics.throttled.name), 'reason', increase)),
    latency: {
      p50: figure(quantile(0.5)),
      p95: figure(quantile(0.95)),
      p99: figure(quantile(0.99)),
    },
    coldStarts: coldStartsOf(span),
    instances: figures(sumBy(series(metrics.instances.name), 'function', level)),
    inFlight: sum(series(metrics.inFlight.name), level),
    memory: figures(sumBy(series(metrics.maxMemoryUsed.name), 'function', level)),
    asked: [...sumBy(requests.filter(level), 'function', level).keys()],
    shown: Object.fromEntries(
      shown.map((metric) => [metric.name, figures(shownValues(metric, span, drift))]),
    ),
  };
}

/** The cold starts of a span, by function; none of functions that had none. */
export function coldStartsOf(span: Span): ColdStart[] {
  const byFunction = (name: string, suits = (_: Series) => true) =>
    sumBy(span.series(name).filter(suits), 'function', span.increase);
  const mean = (name: string, suits?: (series: Series) => boolean) => {
    const sums = byFunction(`${name}_sum`, suits);
    const counts = byFunction(`${name}_count`, suits);
    return (one: string) => figure((sums.get(one) ?? 0) / (counts.get(one) ?? 0));
  };
  const latency = mean(metrics.latency.name, ({ labels }) => labels['cold_start'] === 'true');
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

function figure(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function figures(values: ReadonlyMap<string, number>): Figures {
  return Object.fromEntries([...values].map(([name, value]) => [name, figure(value)]));
}
