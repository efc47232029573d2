/** How far the values of a feature are from the training data, in PromQL: for a rule and for panels. */
import { metrics } from './modelSeries.ts';

/** Which values are compared. */
export interface DriftOptions {
  /** What is looked back over, as PromQL writes it. */
  readonly window: string;
  /** Fewer rows in the window have no distance: a few are far from anything by chance. */
  readonly minimumRows: number;
  /** Label matchers of the values seen. @default every function's */
  readonly where?: string;
}

/**
 * The Kolmogorov-Smirnov distance by function and feature, taken at the bucket edges, which are the
 * training deciles: how far apart the two cumulative distributions come. By function, because each has
 * clients of its own, and the rows of a single batch would hide thousands of single predictions.
 */
export function featureDrift({ window, minimumRows, where = '' }: DriftOptions): string {
  const training = metrics.trainingFeatureValue.name;
  const seen = (suffix: string) => {
    const matchers = where === '' ? '' : `{${where}}`;
    return `${metrics.featureValue.name}_${suffix}${matchers}[${window}]`;
  };
  return [
    'max by (function, feature, model_version) (abs(',
    `  sum by (function, feature, model_version, le) (rate(${seen('bucket')}))`,
    '  / on (function, feature, model_version) group_left ()',
    `  sum by (function, feature, model_version) (rate(${seen('count')}))`,
    '  - on (feature, model_version, le) group_left () (',
    `    sum by (feature, model_version, le) (${training}_bucket)`,
    '    / on (feature, model_version) group_left ()',
    `    sum by (feature, model_version) (${training}_count)`,
    '  )',
    '))',
    `and sum by (function, feature, model_version) (increase(${seen('count')})) >= ${minimumRows}`,
  ].join('\n');
}
