/** The kit's own metrics as prom-client's counters, gauges and histograms. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { metrics, RECENT_SECONDS } from '../builtInMetrics.ts';
import { type Instance, instances } from './instanceEvents.ts';
import { createRecentMaximum, type RecentMaximum } from './recentMaximum.ts';

/** What a metric of the table is made from. */
interface BuiltIn {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * A registry with every metric of the table, and with prom-client's own of this process.
 *
 * @param functions names of the functions, for the gauges that count instances
 */
export function createInstruments(functions: readonly string[]) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const instruments = {
    registry,
    requests: counter(metrics.requests),
    latency: histogram(metrics.latency),
    slowest: recentMaximum(metrics.slowest),
    requestSize: histogram(metrics.requestSize),
    responseSize: histogram(metrics.responseSize),
    clientRequests: counter(metrics.clientRequests),
    coldStarts: counter(metrics.coldStarts),
    initDuration: histogram(metrics.initDuration),
    initConcurrency: histogram(metrics.initConcurrency),
    errors: counter(metrics.errors),
    throttled: counter(metrics.throttled),
    inits: counter(metrics.inits),
    maxMemoryUsed: recentMaximum(metrics.maxMemoryUsed),
    memorySize: gauge(metrics.memorySize),
    heapUsed: gauge(metrics.heapUsed),
    eventLoopUtilization: gauge(metrics.eventLoopUtilization),
    mostInFlight: recentMaximum(metrics.mostInFlight),
  };
  countedGauge(metrics.inFlight, ({ isBusy }) => isBusy);
  countedGauge(metrics.instances, () => true);
  return instruments;

  function counter({ name, help, labels }: BuiltIn): Counter {
    return new Counter({ name, help, labelNames: labels, registers });
  }

  function gauge({ name, help, labels }: BuiltIn): Gauge {
    return new Gauge({ name, help, labelNames: labels, registers });
  }

  function histogram(definition: BuiltIn & { readonly buckets: readonly number[] }): Histogram {
    const { name, help, labels, buckets } = definition;
    return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers });
  }

  /** A gauge that shows a value while it is the largest of late. */
  function recentMaximum(definition: BuiltIn): RecentMaximum {
    const recent = createRecentMaximum(RECENT_SECONDS);
    gaugeAsRead(definition, (gauge) => {
      for (const { labels, value } of recent.maxima()) gauge.set(labels, value);
    });
    return recent;
  }

  /** A gauge of how many instances of a function there are when it is read. */
  function countedGauge(definition: BuiltIn, counts: (instance: Instance) => boolean): void {
    gaugeAsRead(definition, (gauge) => {
      for (const name of functions) gauge.set({ function: name }, 0);
      for (const instance of instances)
        if (counts(instance)) gauge.inc({ function: instance.function });
    });
  }

  /** A gauge that is set when it is read. */
  function gaugeAsRead({ name, help, labels }: BuiltIn, set: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers,
      collect() {
        set(this);
      },
    });
  }
}
