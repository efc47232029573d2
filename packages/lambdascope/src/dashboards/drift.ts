/** How far what functions record is from constants, in PromQL: the recording rules of metrics that show drift. */
import { LEAST_SHARE } from '../drift.ts';
import { type MetricDefinition, seriesLabels } from '../metrics.ts';
import { edgeCount } from './bucketEdges.ts';
import { duration } from './duration.ts';
import type { RecordingRule } from './recordingRule.ts';
import type { Thresholds } from './thresholds.ts';

/** What is compared, and over what. */
interface Comparison {
  /** The constants, a histogram or a gauge. */
  readonly reference: MetricDefinition;
  /** Name of what functions record: a histogram, or a counter. */
  readonly seen: string;
  readonly drift: Thresholds['drift'];
}

/** The recording rules of every metric that shows drift; each comes after those that it asks for. */
export function driftRecordings(
  metrics: readonly MetricDefinition[],
  drift: Thresholds['drift'],
): readonly RecordingRule[] {
  return metrics.flatMap((reference) => {
    if (reference.panel?.show !== 'drift') return [];
    const comparison = { reference, seen: reference.panel.of ?? '', drift };
    return reference.kind === 'histogram' ? ofValues(comparison) : ofShares(comparison);
  });
}

/**
 * Name of the recorded drift: the population stability index of histograms by function and their first
 * label, the Jensen-Shannon distance of counters by function.
 */
export function driftRecord(
  { kind, labels: [label] = [], panel }: MetricDefinition,
  { windowSeconds }: Thresholds['drift'],
): string {
  const seen = panel?.of ?? '';
  const window = duration(windowSeconds);
  return kind === 'histogram'
    ? `function_${label}:${seen}:psi${window}`
    : `function:${withoutTotal(seen)}:js_distance${window}`;
}

/**
 * Population stability index: see `populationStability`.
 *
 * What lies in a bucket is what lies at or below its edge, less what lies at or below the edge before.
 * PromQL knows no order of edges; what does is a histogram that has counted each edge once, whose count at
 * an edge is the number of the bucket that ends there, and one less than that of the bucket that begins.
 */
function ofValues({ reference, seen, drift }: Comparison): RecordingRule[] {
  const labels = seriesLabels(reference);
  const [label] = labels;
  const window = duration(drift.windowSeconds);
  const byFunction = ['function', ...labels];
  const edges = edgeCount(reference).name;
  const number = `max by (${list(labels, 'le')}) (${edges}_bucket)`;
  const numbered = (bucket: string) =>
    `group by (${list(labels, 'le', 'bucket')}) (count_values by (${list(labels, 'le')}) ("bucket", ${bucket}))`;
  const ends = { record: `${label}_bucket:${edges}:end`, expr: numbered(number) };
  const begins = { record: `${label}_bucket:${edges}:begin`, expr: numbered(`${number} + 1`) };
  /** By bucket, given the share of values at or below each edge. */
  const shares = (by: readonly string[], atOrBelow: string) => {
    const upTo = (edge: RecordingRule) =>
      `sum by (${list(by, 'bucket')}) (${atOrBelow} * on (${list(labels, 'le')}) group_left (bucket) ${edge.record})`;
    return [
      'clamp_min(',
      `  ${upTo(ends)}`,
      `  - ${upTo(begins)}`,
      `  or ${upTo(ends)},`,
      `  ${LEAST_SHARE}`,
      ')',
    ].join('\n');
  };
  const constant = (suffix: string, by: readonly string[]) =>
    `max by (${list(by)}) (${reference.name}_${suffix})`;
  const referenceShare = {
    record: `${label}_bucket:${reference.name}:share`,
    expr: shares(
      labels,
      `${constant('bucket', [...labels, 'le'])} / on (${list(labels)}) group_left () ${constant('count', labels)}`,
    ),
  };
  const rate = (suffix: string, by: readonly string[]) =>
    `sum by (${list(by)}) (rate(${seen}_${suffix}[${window}]))`;
  const seenShare = {
    record: `function_${label}_bucket:${seen}:share${window}`,
    expr: shares(
      byFunction,
      `${rate('bucket', [...byFunction, 'le'])} / on (${list(byFunction)}) group_left () ${rate('count', byFunction)}`,
    ),
  };
  const of = `on (${list(labels, 'bucket')}) group_left () ${referenceShare.record}`;
  const index = {
    record: driftRecord(reference, drift),
    expr: [
      `sum by (${list(byFunction)}) (`,
      `  (${seenShare.record} - ${of})`,
      `  * ln(${seenShare.record} / ${of})`,
      ')',
      enoughRows(`${seen}_count`, byFunction, drift),
    ].join('\n'),
  };
  return [ends, begins, referenceShare, seenShare, index];
}

/**
 * Jensen-Shannon distance: see `jensenShannonDistance`. The entropy of the distribution between the two,
 * less the mean of theirs, is what that has as divergences.
 */
function ofShares({ reference, seen, drift }: Comparison): RecordingRule[] {
  const labels = seriesLabels(reference);
  const [label, ...others] = labels;
  const window = duration(drift.windowSeconds);
  const by = ['function', ...others];
  const constants = `max by (${list(labels)}) (${reference.name})`;
  const referenceShare = {
    record: `${label}:${reference.name}:share`,
    expr: `${constants}\n/ on (${list(others)}) group_left () sum by (${list(others)}) (${constants})`,
  };
  const rate = (of: readonly string[]) => `sum by (${list(of)}) (rate(${seen}[${window}]))`;
  const seenShare = {
    record: `function_${label}:${withoutTotal(seen)}:share${window}`,
    expr: `${rate(['function', ...labels])}\n/ on (${list(by)}) group_left () ${rate(by)}`,
  };
  const between = `((${seenShare.record} + on (${list(labels)}) group_left () ${referenceShare.record}) / 2)`;
  const distance = {
    record: driftRecord(reference, drift),
    expr: [
      'sqrt(clamp_min(',
      `  (${negativeEntropy(by, seenShare.record)}`,
      `  + on (${list(others)}) group_left () ${negativeEntropy(others, referenceShare.record)}) / 2`,
      `  - ${negativeEntropy(by, between)},`,
      '  0',
      '))',
      enoughRows(seen, by, drift),
    ].join('\n'),
  };
  return [referenceShare, seenShare, distance];
}

/** In bits; nothing times the logarithm of nothing is nothing, and not NaN. */
function negativeEntropy(by: readonly string[], share: string): string {
  return `sum by (${list(by)}) (${share} * log2(clamp_min(${share}, 1e-12)))`;
}

function enoughRows(
  counter: string,
  by: readonly string[],
  { windowSeconds, minimumRows }: Thresholds['drift'],
): string {
  return `and sum by (${list(by)}) (increase(${counter}[${duration(windowSeconds)}])) >= ${minimumRows}`;
}

function withoutTotal(name: string): string {
  return name.replace(/_total$/, '');
}

function list(labels: readonly string[], ...more: readonly string[]): string {
  return [...labels, ...more].join(', ');
}
