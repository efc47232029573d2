/** Writes docs/metrics.md from the definitions of the metrics. */
import { metrics as builtIn } from 'lambdascope/builtInMetrics';
import { edgeCounts } from 'lambdascope/dashboards/bucketEdges';
import { driftRecordings } from 'lambdascope/dashboards/drift';
import { duration } from 'lambdascope/dashboards/duration';
import { thresholds } from 'lambdascope/dashboards/thresholds';
import { emfDimensions } from 'lambdascope/function/emfDimensions';
import { type MetricDefinition, seriesLabels } from 'lambdascope/metrics';
import { ESTIMATE } from '../lib/modelDefinitions.ts';
import { metrics as ofModel } from '../lib/modelMetrics.ts';
import { markdownTable } from '../model/markdownTable.ts';
import { modelRecordings } from '../monitoring/modelAlerts.ts';

/** What each label says, and which values it can have. */
const labelMeanings: Readonly<Record<string, string>> = {
  function: 'Key of the function in `serverless.yml`: `health`, `predict`, `batchPredict`, …',
  method: 'HTTP method; empty when no HTTP request led to the invocation.',
  route:
    'Resource path of the route, such as `/predict`, never the path that the client sent; else the trigger: `direct`, `s3`, …',
  status: 'HTTP status of the answer.',
  cold_start: '`true` when the request waited for a new instance, else `false`.',
  client: 'Id of the API key, never the key; `other` from the 51st on, and for unknown ids.',
  kind: '`validation` (the input), `handler` (the code), `timeout` (the time limit) or `memory` (the memory limit).',
  reason:
    '`reserved` (the function has no more instances), `account` (nor has the account, or this machine), `scaling` (more new ones than may start in 10 s), `rate`, `burst` or `quota` (of a usage plan or a method).',
  initialization_type:
    '`on-demand` (as no other instance was free) or `provisioned-concurrency` (before any request).',
  class: 'A class of the model: the predicted one; of labels the true one.',
  model_version: 'Version of the model that answered.',
  outcome: '`correct` or `wrong`: whether the prediction was the true class.',
  prediction: 'The class that was predicted.',
  feature: 'A feature of the model.',
  name: 'Name of the model.',
  version: 'Version of the model.',
  sha256: 'Hash of the model artifact.',
};

/** docs/metrics.md. */
export const metricsDocs = [{ path: 'docs/metrics.md', render: metricsPage }] as const;

function metricsPage(): string {
  const defined = Object.values(ofModel).map(({ definition }) => definition);
  const modelDefinitions = [...defined, ...edgeCounts(defined)];
  return `${[
    '# Metrics',
    'Written by `npm run generate` from the definitions: those that the kit keeps of every service are in `packages/lambdascope/src/builtInMetrics.ts`, those of the model in `lib/modelDefinitions.ts`.',
    'Locally the metrics are at http://localhost:9464/metrics, from where the aggregator also pushes them to the Pushgateway ([other ways](where-metrics-go.md)). In AWS they go to CloudWatch by the same names, in the namespace `lambdascope-<stage>`.',
    '## Of every service',
    metricsTable(Object.values(builtIn), ({ labels = [] }) => labels),
    '## Of the model',
    metricsTable(modelDefinitions, seriesLabels),
    '## Labels',
    markdownTable(
      ['label', 'says'],
      Object.entries(labelMeanings).map(([name, meaning]) => [code(name), meaning]),
    ),
    '## In CloudWatch',
    'Each combination of dimensions is a metric that AWS bills. `in turn`: each line carries one of these, with all values since its last.',
    markdownTable(
      ['metric', 'by'],
      [...Object.values(builtIn), ...modelDefinitions].map((definition) => [
        code(definition.name),
        cloudWatchText(definition),
      ]),
    ),
    '## Drift',
    driftText(modelDefinitions),
    '## Accuracy',
    estimateText(),
    accuracyText(),
    '## Of the emulator itself',
    "`process_*` and `nodejs_*` are prom-client's default metrics of the process that the emulator runs in, instances included. They are not in CloudWatch.",
  ].join('\n\n')}\n`;
}

function metricsTable(
  definitions: readonly MetricDefinition[],
  labelsOf: (definition: MetricDefinition) => readonly string[],
): string {
  const rows = definitions.map((definition) => [
    code(definition.name),
    definition.kind,
    definition.help,
    labelsOf(definition).map(code).join(', '),
  ]);
  return markdownTable(['metric', 'kind', 'meaning', 'labels'], rows);
}

function cloudWatchText(definition: MetricDefinition): string {
  const { cloudWatch } = definition;
  if (typeof cloudWatch === 'string') return `not there: ${cloudWatch}`;
  const sets = emfDimensions(definition).map((set) =>
    set.length === 0 ? 'nothing' : set.map(code).join(' and '),
  );
  return `${sets.join('; ')}${cloudWatch?.inTurn ? '; in turn' : ''}`;
}

function driftText(definitions: readonly MetricDefinition[]): string {
  const { drift } = thresholds;
  const rules = driftRecordings(definitions, drift).map(
    ({ record, expr }) => `# ${record}\n${expr}`,
  );
  return [
    'How far the values of each feature are from the training data is their population stability index: the sum over the deciles of (p - q) ln(p / q), with p the share of the rows seen and q that of the training rows, neither taken as less than one in ten thousand. How far the predicted classes are from those of the training rows, each while it was held out, is the Jensen-Shannon distance of their shares, by logarithms to the base of 2: 0 is the same, 1 is nothing in common.',
    `Of both, below ${drift.moderate} is usually read as no change and above ${drift.significant} as a significant one. Prometheus records them by function, over ${duration(drift.windowSeconds)} with at least ${drift.minimumRows} rows. A histogram counts what is at or below each edge, and PromQL knows no neighbours: \`model_training_feature_value_edge\`, which has counted each edge once, tells the number of each.`,
    ['```promql', rules.join('\n\n'), '```'].join('\n'),
  ].join('\n\n');
}

function estimateText(): string {
  const { estimatedAccuracy, accuracyBand } = modelRecordings;
  const rules = [estimatedAccuracy, accuracyBand].map(({ record, expr }) => `# ${record}\n${expr}`);
  return [
    `The estimated accuracy is the ${ESTIMATE}`,
    ['```promql', rules.join('\n\n'), '```'].join('\n'),
  ].join('\n\n');
}

function accuracyText(): string {
  const { record, expr } = modelRecordings.accuracyObserved;
  return [
    'Labels say what predictions came true as (`POST /labels`). The share that was correct is recorded by model version:',
    ['```promql', `# ${record}`, expr, '```'].join('\n'),
    'With more than a dozen classes a confusion counts from its second time on for `rate()`, as its series begins with the first; the accuracy does not depend on them.',
  ].join('\n\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
