/**
 * Writes Observations to stdout in CloudWatch's Embedded Metric Format: one line an invocation, as far as
 * one can hold it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { metrics } from '../builtInMetrics.ts';
import type { Labels, MetricDefinition } from '../metrics.ts';
import { emfDimensions } from './emfDimensions.ts';
import type { Observation } from './observation.ts';
import type { Sink } from './sink.ts';

/** Values of a metric that one document may hold. */
const MOST_VALUES = 100;
/** Characters of a dimension's value that CloudWatch takes. */
const LONGEST_VALUE = 1024;
/** CloudWatch refuses greater values; one of a client's must not cost the others. */
const GREATEST = Number.MAX_SAFE_INTEGER;
/** More would be noise, and bytes. */
const SIGNIFICANT_DIGITS = 6;

/** Values of one metric under one label set, which includes the function. */
interface Entry {
  readonly metric: MetricDefinition;
  /** Names and values of the labels that are dimensions, as CloudWatch takes them. */
  readonly dimensions: readonly (readonly [string, string])[];
  readonly values: readonly number[];
}

/** One line: directives by their dimension sets, and what they refer to. */
interface Document {
  readonly directives: Map<string, { Name: string }[]>;
  readonly dimensions: Record<string, string>;
  readonly values: Record<string, number | readonly number[]>;
}

/** A sink that writes at once, as each write counts; past the console, which Lambda gives a prefix or wraps into JSON. */
export function createEmfSink(namespace: string): Sink {
  const waiting = new Map<string, Entry>();
  return {
    observe(observation) {
      const now = [...entriesOf(observation)];
      const inTurn = now.filter(({ metric }) => isInTurn(metric));
      for (const entry of inTurn) keep(waiting, entry);
      const entries = now.filter(({ metric }) => !isInTurn(metric)).concat(next(waiting));
      const [first, ...others] = documents(entries);
      const lines = [{ ...propertiesOf(observation), ...written(namespace, first) }].concat(
        others.map((document) => written(namespace, document)),
      );
      process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
  };
}

/** Everything that an invocation has to tell; counters that did not count are left out. */
function* entriesOf(observation: Observation): Generator<Entry> {
  const { function: name, coldStart, errorKind } = observation;
  const one = (metric: MetricDefinition, value: number | undefined, labels: Labels = {}) =>
    value === undefined ? [] : [entryOf(metric, { function: name, ...labels }, [value])];
  yield* one(metrics.requests, 1);
  yield* one(metrics.requestSize, observation.requestBytes);
  yield* one(metrics.responseSize, observation.responseBytes);
  yield* one(metrics.latency, observation.seconds, { cold_start: String(coldStart) });
  if (coldStart) {
    yield* one(metrics.coldStarts, 1);
    yield* one(metrics.initDuration, observation.initSeconds);
  }
  if (errorKind !== undefined) yield* one(metrics.errors, 1, { kind: errorKind });
  yield* one(metrics.heapUsed, observation.heapUsedBytes);
  yield* one(metrics.eventLoopUtilization, observation.eventLoopUtilization);
  for (const { metric, labels, values } of observation.recorded) {
    const all = typeof values === 'number' ? [values] : Array.from(values);
    if (metric.kind === 'counter' && all.every((value) => value === 0)) continue;
    yield entryOf(metric, { function: name, ...labels }, all);
  }
}

/** What CloudWatch Logs can search for, beside dimensions. */
function propertiesOf({ properties, route, status, client }: Observation): object {
  return { ...properties, route, status, client };
}

function isInTurn({ cloudWatch }: MetricDefinition): boolean {
  return typeof cloudWatch === 'object' && cloudWatch.inTurn === true;
}

/** Adds values to those that wait; of a gauge the last is enough. */
function keep(waiting: Map<string, Entry>, entry: Entry): void {
  const key = JSON.stringify([entry.metric.name, entry.dimensions]);
  const before = entry.metric.kind === 'gauge' ? [] : (waiting.get(key)?.values ?? []);
  waiting.set(key, { ...entry, values: before.concat(entry.values) });
}

/** The label set that has waited longest, and all with more values than a document holds. */
function next(waiting: Map<string, Entry>): Entry[] {
  const keys = [...waiting].filter(
    ([, { values }], index) => index === 0 || values.length > MOST_VALUES,
  );
  for (const [key] of keys) waiting.delete(key);
  return keys.map(([, entry]) => entry);
}

/** Puts each entry into the first document that has room for it. */
function documents(entries: readonly Entry[]): Document[] {
  const all: Document[] = [];
  for (const entry of entries) {
    for (let start = 0; start < entry.values.length; start += MOST_VALUES) {
      const part = { ...entry, values: entry.values.slice(start, start + MOST_VALUES) };
      let document = all.find((candidate) => fits(candidate, part));
      if (document === undefined) {
        document = { directives: new Map(), dimensions: {}, values: {} };
        all.push(document);
      }
      add(document, part);
    }
  }
  return all;
}

/** A document has one list of values by metric, and one value by dimension. */
function fits({ values, dimensions }: Document, entry: Entry): boolean {
  return (
    !(entry.metric.name in values) &&
    entry.dimensions.every(([name, value]) => [undefined, value].includes(dimensions[name]))
  );
}

function add({ directives, dimensions, values }: Document, entry: Entry): void {
  const { metric } = entry;
  const sets = emfDimensions(metric);
  Object.assign(dimensions, Object.fromEntries(entry.dimensions));
  const key = JSON.stringify(sets);
  const named = directives.get(key) ?? [];
  // Without its unit, which its name ends in.
  named.push({ Name: metric.name });
  directives.set(key, named);
  const rounded = entry.values.map(round);
  values[metric.name] = rounded.length === 1 ? (rounded[0] ?? 0) : rounded;
}

function entryOf(metric: MetricDefinition, labels: Labels, values: readonly number[]): Entry {
  const names = emfDimensions(metric).flat();
  const dimensions = names.map(
    (name) => [name, dimensionValue(labels[name] ?? 'unknown')] as const,
  );
  return { metric, dimensions, values };
}

/**
 * A label's value, as CloudWatch takes it: ASCII without control characters, not blank, not too long.
 *
 * @param label a text, by its type; JavaScript may give anything
 */
function dimensionValue(label: string): string {
  const ascii = String(label).replace(/[^ -~]/g, escaped);
  return (ascii.trim() === '' ? JSON.stringify(ascii) : ascii).slice(0, LONGEST_VALUE);
}

/** A character, or half of one, as JSON can write it. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function written(namespace: string, document: Document | undefined): object {
  const { directives = new Map(), dimensions = {}, values = {} } = document ?? {};
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [...directives].map(([sets, named]) => ({
        Namespace: namespace,
        Dimensions: JSON.parse(sets),
        Metrics: named,
      })),
    },
    ...dimensions,
    ...values,
  };
}

function round(value: number): number {
  const bounded = Math.max(-GREATEST, Math.min(GREATEST, value));
  return Number.isInteger(bounded) ? bounded : Number(bounded.toPrecision(SIGNIFICANT_DIGITS));
}
