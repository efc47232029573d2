/** The model's recording rules and alerts. */
import type { AlertGroup } from 'lambdascope/dashboards/alert';
import { PERCENT } from 'lambdascope/dashboards/builtInAlerts';
import { driftRecord } from 'lambdascope/dashboards/drift';
import { duration } from 'lambdascope/dashboards/duration';
import { percent } from 'lambdascope/dashboards/percent';
import { increase, rate, share } from 'lambdascope/dashboards/promql';
import type { RecordingRule } from 'lambdascope/dashboards/recordingRule';
import { byFunction, onTwoLines } from 'lambdascope/dashboards/recordings';
import { thresholds as ofKit } from 'lambdascope/dashboards/thresholds';
import { chanceBand, estimatedAccuracy, observedAccuracy, TRAINING_ACCURACY } from './accuracy.ts';
import { definitions, metrics } from './modelSeries.ts';
import { thresholds } from './thresholds.ts';

const { drift } = ofKit;
const odd = thresholds.outOfDistributionShare;
const estimate = thresholds.estimatedAccuracy;
const byVersion = byFunction(odd.windowSeconds, { by: ['function', 'model_version'] });
const estimated = byFunction(estimate.windowSeconds, { by: ['function', 'model_version'] });
const NEEDS_MORE = 'comparing distributions needs more than CloudWatch keeps of values';

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
    expr: onTwoLines(observedAccuracy(duration(thresholds.accuracy.windowSeconds))),
  },
  /** The accuracy that is estimated, by function and model version. */
  estimatedAccuracy: {
    record: `function:model_estimated_accuracy:ratio_rate${duration(estimate.windowSeconds)}`,
    expr: onTwoLines(estimatedAccuracy(estimated)),
  },
  /** How far chance may take the accuracy of as many rows from that in training, up or down. */
  accuracyBand: {
    record: `function:model_accuracy:band${duration(estimate.windowSeconds)}`,
    expr: chanceBand(estimated),
  },
} as const satisfies Record<string, RecordingRule>;

/** By how much the estimated accuracy is below that in training. */
const LOST = `(${TRAINING_ACCURACY} - on (model_version) group_right () ${modelRecordings.estimatedAccuracy.record})`;

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
        value: driftRecord(definitions.trainingFeatureValue, drift),
        threshold: { above: drift.significant },
      },
      forSeconds: drift.forSeconds,
      summary:
        '{{ $labels.feature }} has drifted by {{ $value | printf "%.2f" }} in what {{ $labels.function }} gets',
      description: `Over ${duration(drift.windowSeconds)} the distribution of {{ $labels.feature }} in the rows of {{ $labels.function }} differs from the training data of model {{ $labels.model_version }} by a population stability index above ${drift.significant}.`,
      cloudWatch: NEEDS_MORE,
    },
    {
      alert: 'PredictionDrift',
      severity: 'warning',
      when: {
        value: driftRecord(definitions.trainingPredictions, drift),
        threshold: { above: drift.significant },
      },
      forSeconds: drift.forSeconds,
      summary:
        'The classes that {{ $labels.function }} answers have drifted by {{ $value | printf "%.2f" }}',
      description: `Over ${duration(drift.windowSeconds)} the shares of the classes that {{ $labels.function }} answers differ from those in the training of model {{ $labels.model_version }} by a Jensen-Shannon distance above ${drift.significant}.`,
      cloudWatch: NEEDS_MORE,
    },
    {
      alert: 'EstimatedAccuracyLow',
      severity: 'warning',
      when: [
        `${LOST} > ${estimate.drop}`,
        `and ${LOST} > ${modelRecordings.accuracyBand.record}`,
        `and ${increase(metrics.predictions, estimated)} >= ${estimate.minimumRows}`,
      ].join('\n'),
      forSeconds: estimate.forSeconds,
      summary:
        '{{ $labels.function }} is estimated to be right {{ $value | humanizePercentage }} less often than in training',
      description: `Over ${duration(estimate.windowSeconds)} the estimated accuracy of {{ $labels.function }} is more than ${percent(estimate.drop)}, and more than chance, below that of model {{ $labels.model_version }} in training: it gets rows of which it is less sure.`,
      cloudWatch: 'what it is compared with is a constant of the model',
    },
  ],
};
