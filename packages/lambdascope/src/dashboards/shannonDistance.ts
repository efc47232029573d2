/** The Jensen-Shannon distance in PromQL: see `jensenShannonDistance`. */
import { seriesLabels } from '../metrics.ts';
import type { Comparison, DriftQueries } from './driftQueries.ts';
import { labelList, selected } from './promql.ts';

/**
 * Of a counter's shares by the first label of the constants, by function and their other labels.
 *
 * The entropy of the distribution between the two, less the mean of theirs, is the mean of their
 * divergences from it.
 */
export function shannonDistance({ reference, seen }: Comparison): DriftQueries {
  const labels = seriesLabels(reference);
  const [label, ...others] = labels;
  const byFunction = ['function', ...others];
  const name = seen.replace(/_total$/, '');
  const constants = `max by (${labelList(labels)}) (${reference.name})`;
  const referenceShare = {
    record: `${label}:${reference.name}:share`,
    expr: `${constants}\n/ on (${labelList(others)}) group_left () sum by (${labelList(others)}) (${constants})`,
  };
  return {
    rules: [referenceShare],
    shareRecord: `function_${label}:${name}:share`,
    record: `function:${name}:js_distance`,
    share({ window, where }) {
      const rate = (by: readonly string[]) =>
        `sum by (${labelList(by)}) (rate(${selected(seen, where)}[${window}]))`;
      const whole = `/ on (${labelList(byFunction)}) group_left () ${rate(byFunction)}`;
      return `${rate(['function', ...labels])}\n${whole}`;
    },
    drift(share, { window, where, minimumRows }) {
      const between = `((${share} + on (${labelList(labels)}) group_left () ${referenceShare.record}) / 2)`;
      return [
        'sqrt(clamp_min(',
        `  (${negativeEntropy(byFunction, share)}`,
        `  + on (${labelList(others)}) group_left () ${negativeEntropy(others, referenceShare.record)}) / 2`,
        `  - ${negativeEntropy(byFunction, between)},`,
        '  0',
        '))',
        `and sum by (${labelList(byFunction)}) (increase(${selected(seen, where)}[${window}])) >= ${minimumRows}`,
      ].join('\n');
    },
  };
}

/** In bits; nothing times the logarithm of nothing is nothing, and not NaN. */
function negativeEntropy(by: readonly string[], share: string): string {
  return `sum by (${labelList(by)}) (${share} * log2(clamp_min(${share}, 1e-12)))`;
}
