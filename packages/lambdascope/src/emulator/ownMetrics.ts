/** The metrics that a service defines, in the registry. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Counted } from '../function/localSink.ts';
import { edgesOf, type Labels, type MetricDefinition, seriesLabels } from '../metrics.ts';
import { type BucketHistogram, createBucketHistogram } from './bucketHistogram.ts';

/** Label sets that one metric may have: a label that has no bounds is a mistake, and memory. */
const MOST_SERIES = 2000;

interface OwnMetric {
  definition: MetricDefinition;
  readonly instrument: Counter | Gauge | BucketHistogram;
  readonly labelNames: readonly string[];
  /** Label sets so far, each as one text. */
  readonly series: Set<string>;
}

export interface OwnMetrics {
  readonly defined: readonly MetricDefinition[];
  /** Takes definitions, also new ones of a metric that is there; false when nothing is new. */
  define(definitions: readonly MetricDefinition[]): boolean;
  /** Counts what a function recorded. */
  count(functionName: string, counted: Counted): void;
}

/** @param functions names of all functions, which a known label set without one stands for */
export function createOwnMetrics(registry: Registry, functions: readonly string[]): OwnMetrics {
  const metrics = new Map<string, OwnMetric>();
  const registers = [registry];
  let last = '';

  return {
    get defined() {
      return [...metrics.values()].map(({ definition }) => definition);
    },
    define(definitions) {
      // Every instance says it again.
      const text = JSON.stringify(definitions);
      if (text === last) return false;
      last = text;
      for (const definition of definitions) zeroKnown(metricOf(definition), definition);
      return true;
    },
    count(functionName, { name, labels, value }) {
      const metric = metrics.get(name);
      if (metric === undefined) return;
      const all = { function: functionName, ...labels };
      makeSeries(metric, all);
      add(metric, all, value);
    },
  };

  function metricOf(definition: MetricDefinition): OwnMetric {
    const known = metrics.get(definition.name);
    if (known !== undefined) {
      known.definition = definition;
      return known;
    }
    const metric = {
      definition,
      instrument: instrumentOf(definition),
      labelNames: seriesLabels(definition),
      series: new Set<string>(),
    };
    metrics.set(definition.name, metric);
    return metric;
  }

  function instrumentOf(definition: MetricDefinition): OwnMetric['instrument'] {
    const { name, kind, help } = definition;
    const labelNames = seriesLabels(definition);
    if (kind === 'histogram') return createBucketHistogram(registry, { name, help, labelNames });
    const options = { name, help, labelNames, registers };
    return kind === 'counter' ? new Counter(options) : new Gauge(options);
  }

  /** A series that appears with its first event hides that event from `rate()`. */
  function zeroKnown(metric: OwnMetric, { known = [], constants = [] }: MetricDefinition): void {
    for (const labels of known) {
      const names = labels['function'] === undefined ? functions : [labels['function']];
      for (const name of names) makeSeries(metric, { function: name, ...labels });
    }
    // What is no longer so; a histogram's may be what others are still compared with.
    if (constants.length > 0 && metric.instrument instanceof Gauge) metric.instrument.reset();
    for (const { labels, value } of constants) {
      if (makeSeries(metric, labels) || metric.instrument instanceof Gauge) {
        add(metric, labels, value);
      }
    }
  }

  /** Whether the label set is a new one. */
  function makeSeries(
    { definition, instrument, series, labelNames }: OwnMetric,
    labels: Labels,
  ): boolean {
    const key = labelNames.map((name) => labels[name]).join('\n');
    if (series.has(key) || series.size > MOST_SERIES) return false;
    series.add(key);
    if (series.size > MOST_SERIES) {
      console.error(`${definition.name} has ${MOST_SERIES} label sets; no others are counted.`);
    } else if (instrument instanceof Counter) instrument.inc(labels, 0);
    else if (!(instrument instanceof Gauge)) instrument.zero(labels, edgesOf(definition, labels));
    return series.size <= MOST_SERIES;
  }

  function add({ instrument, series }: OwnMetric, labels: Labels, value: Counted['value']): void {
    if (series.size > MOST_SERIES) return;
    if (instrument instanceof Counter) instrument.inc(labels, Number(value));
    else if (instrument instanceof Gauge) instrument.set(labels, Number(value));
    else instrument.add(labels, value);
  }
}
