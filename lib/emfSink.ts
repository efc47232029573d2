/** Writes Observations to stdout in CloudWatch's Embedded Metric Format, one line for each group of dimensions. */
// Not the package's index: that brings agents and an HTTP client, which is most of its load time.
import { MetricsContext } from 'aws-embedded-metrics/lib/logger/MetricsContext.js';
import { LogSerializer } from 'aws-embedded-metrics/lib/serializers/LogSerializer.js';
import { emfGroups, emfUnit } from './emfMetrics.ts';
import { type MetricKey, metrics } from './metrics.ts';
import type { Observation, PredictionsObserved } from './observation.ts';

/** The library refuses greater values; one of a client's must not cost the others. */
const GREATEST = Number.MAX_SAFE_INTEGER;

type Dimensions = Record<string, string>;

/** Values of a metric: one, or one a row. */
type Values = number | Iterable<number> | undefined;

/** Splits what is longer than the format's 100 values into several lines. */
const serializer = new LogSerializer();

/** Writes an Observation; throws when it cannot be written. */
export function writeEmf(observation: Observation, namespace: string): void {
  // Past the console, which Lambda gives a prefix or wraps into JSON; at once, as each write counts.
  process.stdout.write(`${emfLines(observation, namespace).join('\n')}\n`);
}

function emfLines(observation: Observation, namespace: string): string[] {
  const { function: name, coldStart, errorKind, predictions } = observation;
  const { invocation, coldAndWarm, failure, byClass, byFeature } = emfGroups;
  const lines: string[] = [];
  const add = (
    group: (typeof emfGroups)[keyof typeof emfGroups],
    dimensions: Dimensions,
    values: Partial<Record<MetricKey, Values>>,
    properties: object = {},
  ): void => {
    const document = metricsContext(namespace, group, dimensions, values, properties);
    lines.push(...serializer.serialize(document));
  };

  add(invocation, { function: name }, invocationValues(observation), {
    method: observation.method,
    route: observation.route,
    status: observation.status,
    cold_start: String(coldStart),
    instance: observation.instance,
    client: observation.client,
    kind: errorKind,
    model_version: predictions?.modelVersion,
  });
  const temperature = { function: name, cold_start: String(coldStart) };
  add(coldAndWarm, temperature, { latency: observation.seconds });
  if (errorKind) add(failure, { function: name, kind: errorKind }, { errors: 1 });
  if (!predictions) return lines;
  for (const [className, rows] of rowsByClass(predictions)) {
    add(byClass, { class: className }, { predictions: rows });
  }
  for (const [index, feature] of predictions.featureNames.entries()) {
    const featureValue = column(predictions.features, index, predictions.featureNames.length);
    add(byFeature, { feature }, { featureValue });
  }
  return lines;
}

function invocationValues(observation: Observation): Partial<Record<MetricKey, Values>> {
  const { coldStart, errorKind, predictions } = observation;
  return {
    requests: 1,
    latency: observation.seconds,
    requestSize: observation.requestBytes,
    responseSize: observation.responseBytes,
    batchSize: observation.batchSize,
    coldStarts: coldStart ? 1 : 0,
    initDuration: coldStart ? observation.initSeconds : undefined,
    errors: errorKind ? 1 : 0,
    heapUsed: observation.heapUsedBytes,
    eventLoopUtilization: observation.eventLoopUtilization,
    inference: predictions?.inferenceSeconds,
    predictions: predictions?.classes.length,
    confidence: predictions?.confidences,
    outOfDistribution: predictions?.outOfDistribution,
  };
}

/** One document of the library. */
function metricsContext(
  namespace: string,
  { dimensionSets }: { readonly dimensionSets: readonly (readonly string[])[] },
  dimensions: Dimensions,
  values: Partial<Record<MetricKey, Values>>,
  properties: object,
): MetricsContext {
  const document = MetricsContext.empty();
  document.setNamespace(namespace);
  document.setDimensions(
    dimensionSets.map((keys) =>
      Object.fromEntries(keys.map((key) => [key, dimensions[key] ?? 'unknown'])),
    ),
  );
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined) document.setProperty(name, value);
  }
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) putValues(document, key as MetricKey, value);
  }
  return document;
}

function putValues(
  document: MetricsContext,
  key: MetricKey,
  values: number | Iterable<number>,
): void {
  const { name } = metrics[key];
  for (const value of typeof values === 'number' ? [values] : values) {
    const bounded = Math.max(-GREATEST, Math.min(GREATEST, value));
    const metric = document.metrics.get(name);
    if (metric) metric.addValue(bounded);
    else document.putMetric(name, bounded);
  }
  // Not by putMetric, which searches all units for it, each time.
  const metric = document.metrics.get(name);
  if (metric) metric.unit = emfUnit(key);
}

function rowsByClass({ classes, classNames }: PredictionsObserved): Map<string, number> {
  const rows = new Map<string, number>();
  for (const index of classes) {
    const name = classNames[index] ?? 'unknown';
    rows.set(name, (rows.get(name) ?? 0) + 1);
  }
  return rows;
}

function* column(values: Float64Array, start: number, width: number): Generator<number> {
  for (let index = start; index < values.length; index += width) yield values[index] as number;
}
