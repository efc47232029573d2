/** Model: what it answers, how sure it is, and whether the inputs still look like the training data. */
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics as builtIn } from 'lambdascope/builtInMetrics';
import { driftRecord } from 'lambdascope/dashboards/drift';
import { duration } from 'lambdascope/dashboards/duration';
import { dashboard } from 'lambdascope/dashboards/grafana/dashboard';
import { driftPanel } from 'lambdascope/dashboards/grafana/driftPanel';
import {
  badFrom,
  dashed,
  graph,
  heatmap,
  matrix,
  stackedGraph,
  stat,
  thresholdLine,
  worseFrom,
} from 'lambdascope/dashboards/grafana/panels';
import {
  amount,
  CHOSEN,
  CHOSEN_FUNCTIONS,
  heatmapOf,
  increase,
  mean,
  observations,
  quantile,
  rate,
  SHOWN,
  series,
  share,
  shareByLabel,
} from 'lambdascope/dashboards/promql';
import type { ServiceDescription } from 'lambdascope/dashboards/service';
import { thresholds as ofKit } from 'lambdascope/dashboards/thresholds';
import { ESTIMATE } from '../../lib/modelDefinitions.ts';
import { chanceBand, estimatedAccuracy, observedAccuracy, TRAINING_ACCURACY } from '../accuracy.ts';
import { modelRecordings } from '../modelAlerts.ts';
import { CORRECT, definitions, metrics } from '../modelSeries.ts';
import { thresholds } from '../thresholds.ts';

const { drift } = ofKit;
const featureDrift = `${driftRecord(definitions.trainingFeatureValue, drift)}{${CHOSEN_FUNCTIONS}}`;
const shown = { window: SHOWN };
const byFunction = { by: ['function'] };

/** Apart, because a batch has up to 10,000 rows: among them no single prediction can be seen. */
const SINGLE = 'function="predict"';
const BATCHES = 'function="batchPredict"';

/** Classes of a confusion matrix that can be read. */
const MOST_CLASSES = 12;

/** The dashboard of the model. */
export function modelDashboard(service: ServiceDescription): Dashboard {
  return dashboard(service, {
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
              title: 'Most out of distribution',
              description:
                'Share of rows far outside the training data, where the answer is a guess: of the function ' +
                'that gets most of them.',
              unit: units.PercentUnit,
              queries: { '{{function}}': `topk(1, ${outOfDistributionShare(SHOWN)})` },
            })
              .textMode(BigValueTextMode.ValueAndName)
              .decimals(1)
              .thresholds(badFrom(thresholds.outOfDistributionShare.ratio)),
            stat({
              title: 'Lowest median confidence',
              description:
                'Half of the rows had at least this vote share for their class: of the function that is least sure.',
              unit: units.PercentUnit,
              queries: {
                '{{function}}': `bottomk(1, ${quantile(0.5, metrics.confidence, { ...byFunction, ...shown })})`,
              },
            }).textMode(BigValueTextMode.ValueAndName),
            stat({
              title: 'Largest drift',
              description:
                'Largest population stability index of a feature, and which and whose it was: below ' +
                `${drift.moderate} no change, above ${drift.significant} a significant one. It takes ` +
                `${drift.minimumRows} rows in ${duration(drift.windowSeconds)}.`,
              unit: units.NoUnit,
              queries: {
                '{{feature}}, {{function}}': `topk(1, max by (feature, function) (max_over_time(${featureDrift}[${SHOWN}])))`,
              },
              noValue: 'too few rows',
            })
              .textMode(BigValueTextMode.ValueAndName)
              .decimals(2)
              .thresholds(worseFrom(drift.moderate, drift.significant)),
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
        title: 'Single predictions',
        lines: [
          [
            stackedGraph({
              title: 'Predictions by class',
              description: 'Single predictions per second, by what the model answered.',
              unit: units.RequestsPerSecond,
              queries: { '{{class}}': rate(metrics.predictions, { by: ['class'], where: SINGLE }) },
              legend: 'below',
            }),
            shareOfEachClass(SINGLE, { title: 'Share of each class', rows: 'single predictions' }),
            medianOfEachFeature(SINGLE, {
              title: 'Median of each feature',
              rows: 'single predictions',
            }),
          ],
        ],
      },
      {
        title: 'How sure',
        lines: [
          [
            whereConfidenceFalls(SINGLE, {
              title: 'Where confidence falls',
              rows: 'single predictions',
            }),
            whereConfidenceFalls(BATCHES, {
              title: 'Where confidence falls in batches',
              rows: 'rows of batches',
            }),
          ],
          [
            dashed(
              graph({
                title: 'Confidence',
                description:
                  'Vote share of the predicted class, by function: the median row, and dashed the least sure tenth.',
                unit: units.PercentUnit,
                queries: {
                  'median, {{function}}': quantile(0.5, metrics.confidence, byFunction),
                  'least sure tenth, {{function}}': quantile(0.1, metrics.confidence, byFunction),
                },
              })
                .min(0)
                .max(1),
              /^least sure tenth/,
            ),
            dashed(
              graph({
                title: 'Time in the model',
                description:
                  'Forest and out-of-distribution check, by function and request: the median, and dashed the p95.',
                unit: units.Seconds,
                logarithmic: true,
                queries: {
                  'median, {{function}}': quantile(0.5, metrics.inference, byFunction),
                  'p95, {{function}}': quantile(0.95, metrics.inference, byFunction),
                },
              }),
              /^p95/,
            ),
          ],
        ],
      },
      {
        title: 'How right',
        lines: [
          [
            accuracy(),
            matrix(
              {
                title: 'Confusion matrix',
                description:
                  'Labels by true class (down) and predicted class (across); those on the diagonal were correct. ' +
                  `Of the ${MOST_CLASSES} classes with the most labels.`,
                unit: units.Short,
                queries: { '{{class}} as {{prediction}}': confusionMatrix() },
                noValue: 'no label',
              },
              { down: 'class', across: 'prediction' },
            ),
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
                'Share of rows far outside the training data, by function. The line is where the alert fires, ' +
                `over ${duration(thresholds.outOfDistributionShare.windowSeconds)}; a twentieth is what the check ` +
                'flags among ordinary flowers.',
              unit: units.PercentUnit,
              queries: { '{{function}}': outOfDistributionShare('$interval') },
            })
              .min(0)
              .thresholds(badFrom(thresholds.outOfDistributionShare.ratio))
              .thresholdsStyle(thresholdLine()),
            driftPanel(definitions.trainingPredictions, drift),
          ],
          [driftPanel(definitions.trainingFeatureValue, drift)],
        ],
      },
      {
        title: 'Batches and clients',
        lines: [
          [
            shareOfEachClass(BATCHES, {
              title: 'Share of each class in batches',
              rows: 'rows of batches',
            }),
            medianOfEachFeature(BATCHES, {
              title: 'Median of each feature in batches',
              rows: 'rows of batches',
            }),
            graph({
              title: 'Rows in a batch',
              description: 'Of the batches that were accepted.',
              unit: units.Short,
              queries: {
                median: quantile(0.5, metrics.batchSize),
                p95: quantile(0.95, metrics.batchSize),
              },
              noValue: 'no batch',
              legend: 'below',
            }),
          ],
          [
            graph({
              title: 'Batches',
              description:
                'Batches accepted per second, and on the right axis the rows in them per second.',
              unit: units.RequestsPerSecond,
              queries: {
                batches: observations(metrics.batchSize),
                rows: amount(metrics.batchSize),
              },
            }).overrideByName('rows', [
              { id: 'unit', value: units.RowsPerSecond },
              { id: 'custom.axisPlacement', value: 'right' },
            ]),
            stackedGraph({
              title: 'Requests by client',
              description:
                'By the id of the API key, never the key. At most 50 clients, then "other".',
              unit: units.RequestsPerSecond,
              queries: { '{{client}}': `${rate(builtIn.clientRequests, { by: ['client'] })} > 0` },
            }),
          ],
        ],
      },
    ],
  });
}

/** Beside the latency of requests: how much of it is the model's. */
export function inference() {
  return dashed(
    graph({
      title: 'Mean request and its inference',
      description:
        'Time in the forest and the out-of-distribution check (dashed) beside the whole request: ' +
        'the rest is parsing, checking, answering and, when cold, starting.',
      unit: units.Seconds,
      logarithmic: true,
      queries: {
        'whole request, {{function}}': mean(builtIn.latency, byFunction),
        'inference, {{function}}': mean(metrics.inference, byFunction),
      },
    }),
    /^inference/,
  );
}

/** What a panel that is there twice, for single predictions and for batches, is called and speaks of. */
interface Twin {
  readonly title: string;
  readonly rows: string;
}

function shareOfEachClass(where: string, { title, rows }: Twin) {
  return stackedGraph({
    title,
    description: `Of ${rows}. A share that moves while the clients stay the same means drift, or a broken client.`,
    unit: units.PercentUnit,
    queries: { '{{class}}': shareByLabel(metrics.predictions, 'class', { where }) },
    legend: 'below',
  })
    .min(0)
    .max(1);
}

function whereConfidenceFalls(where: string, { title, rows }: Twin) {
  return heatmap({
    title,
    description: `How many ${rows} have which vote share. Low bands are flowers between two classes.`,
    unit: units.PercentUnit,
    queries: { '{{le}}': heatmapOf(metrics.confidence, where) },
  });
}

function medianOfEachFeature(where: string, { title, rows }: Twin) {
  const training = `${metrics.trainingFeatureValue.name}_bucket`;
  const panel = graph({
    title,
    description: `Of ${rows}, and dashed of the training data, in the units of the feature.`,
    unit: units.Short,
    queries: {
      '{{feature}}': quantile(0.5, metrics.featureValue, { by: ['feature'], where }),
      '{{feature}} in training': `histogram_quantile(0.5, max by (le, feature) (${training}))`,
    },
    legend: 'below',
  });
  return dashed(panel, / in training$/).overrideByRegexp('/ in training$/', [
    // Of the same colour as what is measured, whose name is enough.
    { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } },
  ]);
}

function outOfDistributionShare(window: string): string {
  const selection = { ...byFunction, window };
  return share(rate(metrics.outOfDistribution, selection), rate(metrics.predictions, selection));
}

/** Observed beside estimated, and both beside the training's. */
function accuracy() {
  const { accuracyObserved } = modelRecordings;
  const inTraining = `max(${TRAINING_ACCURACY})`;
  const band = `max by (function) (${chanceBand({ window: CHOSEN })})`;
  const byChance = (sign: '-' | '+') =>
    `clamp(${inTraining} ${sign} on () group_right () ${band}, 0, 1)`;
  return dashed(
    graph({
      title: 'Accuracy',
      description:
        `Estimated by function: ${ESTIMATE} Observed by labels, in the chosen interval and, as labels are few, over ` +
        `${duration(thresholds.accuracy.windowSeconds)}. Dashed the accuracy in training, and how far chance may ` +
        'take as few rows from it.',
      unit: units.PercentUnit,
      queries: {
        'estimated, {{function}}': estimatedAccuracy(byFunction),
        'observed, {{model_version}}': observedAccuracy(CHOSEN),
        'observed over a longer time, {{model_version}}': accuracyObserved.record,
        'in training': inTraining,
        'least by chance, {{function}}': byChance('-'),
        'most by chance, {{function}}': byChance('+'),
      },
    }).max(1),
    /^observed over|^in training|by chance/,
  );
}

/** Labels by true and predicted class: the wrong ones, and on the diagonal the correct. */
function confusionMatrix(): string {
  const every = { functions: 'every' } as const;
  const byClass = { ...every, by: ['class'] };
  const wrong = increase(metrics.confusions, { ...every, by: ['class', 'prediction'] });
  const correct = increase(metrics.labels, { ...byClass, where: CORRECT });
  const diagonal = `label_replace(${correct}, "prediction", "$1", "class", "(.*)")`;
  const labelled = `topk(${MOST_CLASSES}, ${increase(metrics.labels, byClass)} > 0)`;
  return `(${wrong} or ${diagonal}) and on (class) ${labelled}`;
}
