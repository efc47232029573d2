/** The metrics that a service defines, in the registry. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { edgeCounts } from '../dashboards/bucketEdges.ts';
import type { Counted } from '../function/localSink.ts';
import { edgesOf, type Labels, type MetricDefinition, seriesLabels } from '../metrics.ts';
import { type AddValues, type BucketHistogram, createBucketHistogram } from './bucketHistogram.ts';

/** Label sets that one metric may have: a label that has no bounds is a mistake, and memory. */
const MOST_SERIES = 2000;

interface OwnMetric {
  definition: MetricDefinition;
  readonly instrument: Counter<string> | Gauge<string> | BucketHistogram;
  /** How values are added, by the label values as one text. */
  readonly series: Map<string, AddValues>;
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
      for (const definition of [...definitions, ...edgeCounts(definitions)]) {
        zeroKnown(metricOf(definition), definition);
      }
      return true;
    },
    count(functionName, [name, value, ...labels]) {
      const metric = metrics.get(name);
      if (metric !== undefined) seriesOf(metric, [functionName, ...labels])?.(value);
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
      series: new Map<string, AddValues>(),
    };
    metrics.set(definition.name, metric);
    return metric;
  }

  function instrumentOf(definition: MetricDefinition): OwnMetric['instrument'] {
    const { name, kind, help } = definition;
    const labelNames = seriesLabels(definition);
    if (kind === 'histogram') return createBucketHistogram(registry, { name, help });
    const options = { name, help, labelNames, registers };
    return kind === 'counter' ? new Counter(options) : new Gauge(options);
  }

  /** A series that appears with its first event hides that event from `rate()`. */
  function zeroKnown(metric: OwnMetric, { known = [], constants = [] }: MetricDefinition): void {
    for (const labels of known) {
      const names = labels['function'] === undefined ? functions : [labels['function']];
      for (const name of names) seriesOf(metric, valuesOf(metric, { ...labels, function: name }));
    }
    // What is no longer so; a histogram's may be what others are still compared with.
    const isGauge = metric.instrument instanceof Gauge;
    if (constants.length > 0 && metric.instrument instanceof Gauge) metric.instrument.reset();
    for (const { labels, value } of constants) {
      const values = valuesOf(metric, labels);
      const isKnown = metric.series.has(values.join('\n'));
      if (isGauge || !isKnown) seriesOf(metric, values)?.(value);
    }
  }

  /** How values are added under a label set, which is made where it is new; none where there are too many. */
  function seriesOf(metric: OwnMetric, values: readonly string[]): AddValues | undefined {
    const key = values.join('\n');
    const known = metric.series.get(key);
    if (known !== undefined || metric.series.size > MOST_SERIES) return known;
    const isTooMany = metric.series.size === MOST_SERIES;
    const add = isTooMany ? () => {} : newSeries(metric, values);
    metric.series.set(key, add);
    if (isTooMany) {
      const { name } = metric.definition;
      console.error(`${name} has ${MOST_SERIES} label sets; no others are counted.`);
    }
    return add;
  }

  function newSeries({ definition, instrument }: OwnMetric, values: readonly string[]): AddValues {
    if (instrument instanceof Counter) {
      const child = instrument.labels(...values);
      child.inc(0);
      return (value) => child.inc(Number(value));
    }
    if (instrument instanceof Gauge) {
      return (value) => instrument.labels(...values).set(Number(value));
    }
    const names = seriesLabels(definition);
    const labels = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    return instrument.series(labels, edgesOf(definition, labels));
  }
}

/** The values of a metric's labels, in their order. */
function valuesOf({ definition }: OwnMetric, labels: Labels): string[] {
  return seriesLabels(definition).map((name) => labels[name] ?? '');
}
