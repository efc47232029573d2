/** The population stability index in PromQL: see `populationStability`. */
import { LEAST_SHARE } from '../drift.ts';
import { seriesLabels } from '../metrics.ts';
import { edgeCount } from './bucketEdges.ts';
import type { Comparison, DriftQueries } from './driftQueries.ts';
import { labelList, selected } from './promql.ts';
import type { RecordingRule } from './recordingRule.ts';

/**
 * Of a histogram, by function and the labels of the constants.
 *
 * What lies in a bucket is what lies at or below its edge, less what lies at or below the edge before.
 * PromQL knows no order of edges; what does is a histogram that has counted each edge once, whose count at
 * an edge is the number of the bucket that ends there, and one less than that of the bucket that begins.
 */
export function stabilityIndex({ reference, seen }: Comparison): DriftQueries {
  const labels = seriesLabels(reference);
  const [label] = labels;
  const byFunction = ['function', ...labels];
  const edges = edgeCount(reference).name;
  const number = `max by (${labelList(labels, 'le')}) (${edges}_bucket)`;
  const numbered = (bucket: string) =>
    `group by (${labelList(labels, 'le', 'bucket')}) (count_values by (${labelList(labels, 'le')}) ("bucket", ${bucket}))`;
  const ends = { record: `${label}_bucket:${edges}:end`, expr: numbered(number) };
  const begins = { record: `${label}_bucket:${edges}:begin`, expr: numbered(`${number} + 1`) };
  /** By bucket, from what lies at or below each edge and in all. */
  const shares = (by: readonly string[], atOrBelow: string, all: string) => {
    const upTo = (edge: RecordingRule) =>
      `sum by (${labelList(by, 'bucket')}) (${atOrBelow} / on (${labelList(by)}) group_left () ${all}` +
      ` * on (${labelList(labels, 'le')}) group_left (bucket) ${edge.record})`;
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
    `max by (${labelList(by)}) (${reference.name}_${suffix})`;
  const referenceShare = {
    record: `${label}_bucket:${reference.name}:share`,
    expr: shares(labels, constant('bucket', [...labels, 'le']), constant('count', labels)),
  };
  return {
    rules: [ends, begins, referenceShare],
    shareRecord: `function_${label}_bucket:${seen}:share`,
    record: `function_${label}:${seen}:psi`,
    share({ window, where }) {
      const rate = (suffix: string, by: readonly string[]) =>
        `sum by (${labelList(by)}) (rate(${selected(`${seen}_${suffix}`, where)}[${window}]))`;
      return shares(byFunction, rate('bucket', [...byFunction, 'le']), rate('count', byFunction));
    },
    drift(share, { window, where, minimumRows }) {
      const of = `on (${labelList(labels, 'bucket')}) group_left () ${referenceShare.record}`;
      return [
        `sum by (${labelList(byFunction)}) (`,
        `  (${share} - ${of})`,
        `  * ln(${share} / ${of})`,
        ')',
        `and sum by (${labelList(byFunction)}) (increase(${selected(`${seen}_count`, where)}[${window}])) >= ${minimumRows}`,
      ].join('\n');
    },
  };
}
