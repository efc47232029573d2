/** Model: what it answers, how sure it is, and whether the inputs still look like the training data. */
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics } from '../../lib/metrics.ts';
import { duration } from '../prometheus/duration.ts';
import { recordings } from '../prometheus/recordingRules.ts';
import { thresholds } from '../thresholds.ts';
import { dashboard } from './dashboard.ts';
import { badFrom, dashed, graph, heatmap, stackedGraph, stat, thresholdLine } from './panels.ts';
import {
  amount,
  heatmapOf,
  increase,
  observations,
  quantile,
  rate,
  SHOWN,
  series,
  share,
} from './promql.ts';

const shown = { window: SHOWN };
const drift = `max by (feature) (${recordings().featureDrift.record})`;

export const model = dashboard({
  name: 'model',
  title: 'Model',
  description: 'Predictions, confidence, odd inputs and drift.',
  sections: [
    {
      title: 'Over the time range shown',
      lines: [
        [
          stat({
            title: 'Model',
            description: 'Which model answers: name and version.',
            unit: units.String,
            queries: { '{{name}} {{version}}': series(metrics.modelInfo) },
            noValue: 'unknown',
          }).textMode(BigValueTextMode.Name),
          stat({
            title: 'Rows classified',
            description: 'Single predictions and rows of batches.',
            unit: units.Short,
            queries: { Rows: increase(metrics.predictions) },
          }).decimals(0),
          stat({
            title: 'Out of distribution',
            description: 'Share of rows far outside the training data: the answer is a guess.',
            unit: units.PercentUnit,
            queries: { Share: outOfDistributionShare(SHOWN) },
          })
            .decimals(1)
            .thresholds(badFrom(thresholds.outOfDistributionShare.ratio)),
          stat({
            title: 'Median confidence',
            description: 'Half of the rows had at least this vote share for their class.',
            unit: units.PercentUnit,
            queries: { Median: quantile(0.5, metrics.confidence, shown) },
          }),
          stat({
            title: 'Largest drift',
            description:
              'Distance between the values seen and the training data, of the feature that moved most: ' +
              '0 the same, 1 nothing in common.',
            unit: units.NoUnit,
            queries: { '{{feature}}': `topk(1, ${drift})` },
          })
            .decimals(2)
            .thresholds(badFrom(thresholds.featureDrift.distance)),
          stat({
            title: 'Rows in a batch, median',
            description: 'Of the batches that were accepted.',
            unit: units.Short,
            queries: { Median: quantile(0.5, metrics.batchSize, shown) },
            noValue: 'no batch',
          }).decimals(0),
        ],
      ],
    },
    {
      title: 'Predictions',
      lines: [
        [
          stackedGraph({
            title: 'Predictions by class',
            description: 'Rows classified per second, single ones and those in batches.',
            unit: units.RowsPerSecond,
            queries: { '{{class}}': rate(metrics.predictions, { by: ['class'] }) },
          }),
          stackedGraph({
            title: 'Share of each class',
            description:
              'A share that moves while the clients stay the same means drift, or a broken client.',
            unit: units.PercentUnit,
            queries: {
              '{{class}}': `${rate(metrics.predictions, { by: ['class'] })} / on () group_left () (${rate(metrics.predictions)} > 0)`,
            },
          }).max(1),
          graph({
            title: 'Time in the model',
            description: 'Forest and out-of-distribution check, by request; batches take longer.',
            unit: units.Seconds,
            queries: {
              'median, {{function}}': quantile(0.5, metrics.inference, { by: ['function'] }),
              'p95, {{function}}': quantile(0.95, metrics.inference, { by: ['function'] }),
            },
          }),
        ],
      ],
    },
    {
      title: 'How sure',
      lines: [
        [
          graph({
            title: 'Confidence',
            description:
              'Vote share of the predicted class: the median row, and the least sure tenth.',
            unit: units.PercentUnit,
            queries: {
              median: quantile(0.5, metrics.confidence),
              'least sure tenth': quantile(0.1, metrics.confidence),
            },
          })
            .min(0)
            .max(1),
          heatmap({
            title: 'Where confidence falls',
            description: 'Rows by vote share. Low bands are flowers between two classes.',
            unit: units.PercentUnit,
            queries: { '{{le}}': heatmapOf(metrics.confidence) },
          }),
        ],
      ],
    },
    {
      title: 'Odd inputs and drift',
      lines: [
        [
          graph({
            title: 'Out of distribution',
            description:
              'Share of rows far outside the training data. The line is where the alert fires; a twentieth ' +
              'is what the check flags among ordinary flowers.',
            unit: units.PercentUnit,
            queries: { Share: outOfDistributionShare('$interval') },
          })
            .min(0)
            .thresholds(badFrom(thresholds.outOfDistributionShare.ratio))
            .thresholdsStyle(thresholdLine()),
          graph({
            title: 'Drift by feature',
            description:
              'Kolmogorov-Smirnov distance between the values seen in the last ' +
              `${duration(thresholds.featureDrift.windowSeconds)} and the training data. A few rows are far ` +
              `from anything by chance: it takes ${thresholds.featureDrift.minimumRows} to mean something.`,
            unit: units.NoUnit,
            queries: { '{{feature}}': drift },
          })
            .min(0)
            .max(1)
            .thresholds(badFrom(thresholds.featureDrift.distance))
            .thresholdsStyle(thresholdLine()),
          dashed(
            graph({
              title: 'Median of each feature',
              description:
                'Values seen, and dashed the training data, in the units of the feature.',
              unit: units.Short,
              queries: {
                '{{feature}}': quantile(0.5, metrics.featureValue, { by: ['feature'] }),
                '{{feature}} in training': trainingMedian(),
              },
            }),
            / in training$/,
          ),
        ],
      ],
    },
    {
      title: 'Batches and clients',
      lines: [
        [
          graph({
            title: 'Rows in a batch',
            description: 'Of the batches that were accepted.',
            unit: units.Short,
            queries: {
              median: quantile(0.5, metrics.batchSize),
              p95: quantile(0.95, metrics.batchSize),
            },
            noValue: 'no batch',
          }),
          graph({
            title: 'Batches',
            description: 'Batches accepted and the rows in them, per second.',
            unit: units.CountsPerSecond,
            queries: { batches: observations(metrics.batchSize), rows: amount(metrics.batchSize) },
          }),
          stackedGraph({
            title: 'Requests by client',
            description:
              'By the id of the API key, never the key. At most 50 clients, then "other".',
            unit: units.RequestsPerSecond,
            queries: { '{{client}}': rate(metrics.clientRequests, { by: ['client'] }) },
          }),
        ],
      ],
    },
  ],
});

function outOfDistributionShare(window: string): string {
  return share(rate(metrics.outOfDistribution, { window }), rate(metrics.predictions, { window }));
}

function trainingMedian(): string {
  const { name } = metrics.trainingFeatureValue;
  return `histogram_quantile(0.5, max by (le, feature) (${name}_bucket))`;
}
