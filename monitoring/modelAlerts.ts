/** The model's recording rules and alerts. */
import type { AlertGroup } from 'lambdascope/dashboards/alert';
import { PERCENT } from 'lambdascope/dashboards/builtInAlerts';
import { duration } from 'lambdascope/dashboards/duration';
import { percent } from 'lambdascope/dashboards/percent';
import { increase, rate, share } from 'lambdascope/dashboards/promql';
import type { RecordingRule } from 'lambdascope/dashboards/recordingRule';
import { byFunction, onTwoLines } from 'lambdascope/dashboards/recordings';
import { featureDrift } from './featureDrift.ts';
import { CORRECT, definitions, metrics } from './modelSeries.ts';
import { thresholds } from './thresholds.ts';

const odd = thresholds.outOfDistributionShare;
const drift = thresholds.featureDrift;
const byVersion = byFunction(odd.windowSeconds, { by: ['function', 'model_version'] });

/** The recording rules by what they mean; `.record` is the name to query. */
export const modelRecordings = {
  /** Rows far outside the training data, as a share of rows, by function and model version. */
  outOfDistributionShare: {
    record: `function:model_out_of_distribution:ratio_rate${duration(odd.windowSeconds)}`,
    expr: onTwoLines(
      share(rate(metrics.outOfDistribution, byVersion), rate(metrics.predictions, byVersion)),
    ),
  },
  /** The accuracy that was observed: correct predictions as a share of labels, by model version. */
  accuracyObserved: {
    record: `model_version:model_accuracy_observed:ratio_rate${duration(thresholds.accuracy.windowSeconds)}`,
    expr: onTwoLines(accuracy(duration(thresholds.accuracy.windowSeconds))),
  },
  /**
   * Distance between the values seen and the training data. Named after its main labels; the model's
   * version is one more, as two are served while one replaces the other.
   */
  featureDrift: {
    record: `function_feature:${metrics.featureValue.name}:ks_distance${duration(drift.windowSeconds)}`,
    expr: featureDrift({ window: duration(drift.windowSeconds), minimumRows: drift.minimumRows }),
  },
} as const satisfies Record<string, RecordingRule>;

/** Labels in a window whose prediction was correct, as a share of labels, by model version. */
export function accuracy(window: string): string {
  const labels = { by: ['model_version'], functions: 'every', window } as const;
  return share(rate(metrics.labels, { ...labels, where: CORRECT }), rate(metrics.labels, labels));
}

export const modelAlerts: AlertGroup = {
  name: 'model',
  alerts: [
    {
      alert: 'OutOfDistributionShareHigh',
      severity: 'warning',
      when: {
        value: modelRecordings.outOfDistributionShare.record,
        threshold: { above: odd.ratio },
        enough: { value: increase(metrics.predictions, byVersion), minimum: odd.minimumRows },
      },
      forSeconds: odd.forSeconds,
      summary: `${PERCENT} of the rows that {{ $labels.function }} gets are unlike the training data`,
      description: `Over ${duration(odd.windowSeconds)} more than ${percent(odd.ratio)} of the rows of {{ $labels.function }} were far outside the training data of model {{ $labels.model_version }}: its answers to them are guesses.`,
      cloudWatch: {
        description: `More than ${percent(odd.ratio)} of the rows of a function are far outside the training data: its answers to them are guesses.`,
        values: {
          v: { metric: definitions.outOfDistribution, stat: 'Sum' },
          n: { metric: definitions.predictions, stat: 'Sum' },
        },
        value: 'FILL(v, 0) / n',
        windowSeconds: odd.windowSeconds,
      },
    },
    {
      alert: 'FeatureDrift',
      severity: 'warning',
      // What it records has its least traffic in it.
      when: {
        value: modelRecordings.featureDrift.record,
        threshold: { above: drift.distance },
      },
      forSeconds: drift.forSeconds,
      summary:
        '{{ $labels.feature }} has drifted by {{ $value | printf "%.2f" }} in what {{ $labels.function }} gets',
      description: `Over ${duration(drift.windowSeconds)} the distribution of {{ $labels.feature }} in the rows of {{ $labels.function }} differs from the training data of model {{ $labels.model_version }} by a Kolmogorov-Smirnov distance above ${drift.distance}.`,
      cloudWatch: 'a distance of two distributions needs more than CloudWatch keeps of values',
    },
  ],
};
