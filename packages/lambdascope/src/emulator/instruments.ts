/** The metrics of the table as prom-client's counters, gauges and histograms. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricDefinition, metrics, RECENT_SECONDS } from '../lib/metrics.ts';
import { createBucketHistogram } from './bucketHistogram.ts';
import { aliveFunctions, busyFunctions } from './instances.ts';
import { createRecentMaximum, type RecentMaximum } from './recentMaximum.ts';

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
    batchSize: histogram(metrics.batchSize),
    clientRequests: counter(metrics.clientRequests),
    coldStarts: counter(metrics.coldStarts),
    initDuration: histogram(metrics.initDuration),
    errors: counter(metrics.errors),
    heapUsed: gauge(metrics.heapUsed),
    eventLoopUtilization: gauge(metrics.eventLoopUtilization),
    predictions: counter(metrics.predictions),
    confidence: createBucketHistogram(registry, metrics.confidence),
    outOfDistribution: counter(metrics.outOfDistribution),
    inference: histogram(metrics.inference),
    featureValue: createBucketHistogram(registry, metrics.featureValue),
    trainingFeatureValue: createBucketHistogram(registry, metrics.trainingFeatureValue),
    mostInFlight: recentMaximum(metrics.mostInFlight),
    modelInfo: gauge(metrics.modelInfo),
  };
  countedGauge(metrics.inFlight, busyFunctions);
  countedGauge(metrics.instances, aliveFunctions);
  return instruments;

  function counter({ name, help, labels }: MetricDefinition): Counter {
    return new Counter({ name, help, labelNames: labels, registers });
  }

  function gauge({ name, help, labels }: MetricDefinition): Gauge {
    return new Gauge({ name, help, labelNames: labels, registers });
  }

  function histogram(definition: MetricDefinition & { buckets: readonly number[] }): Histogram {
    const { name, help, labels, buckets } = definition;
    return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers });
  }

  /** A gauge that shows a value while it is the largest of late. */
  function recentMaximum(definition: MetricDefinition): RecentMaximum {
    const recent = createRecentMaximum(RECENT_SECONDS);
    gaugeAsRead(definition, (gauge) => {
      for (const { labels, value } of recent.maxima()) gauge.set(labels, value);
    });
    return recent;
  }

  /** A gauge whose value is how often a function is among the members when it is read. */
  function countedGauge(definition: MetricDefinition, members: () => readonly string[]): void {
    gaugeAsRead(definition, (gauge) => {
      for (const name of functions) gauge.set({ function: name }, 0);
      for (const name of members()) if (functions.includes(name)) gauge.inc({ function: name });
    });
  }

  /** A gauge that is set when it is read. */
  function gaugeAsRead(
    { name, help, labels }: MetricDefinition,
    set: (gauge: Gauge) => void,
  ): void {
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
