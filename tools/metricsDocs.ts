/** Writes docs/metrics.md from the definitions of the metrics. */
import { metrics as builtIn } from 'lambdascope/builtInMetrics';
import { emfDimensions } from 'lambdascope/function/emfDimensions';
import { type MetricDefinition, seriesLabels } from 'lambdascope/metrics';
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
  const modelDefinitions = Object.values(ofModel).map(({ definition }) => definition);
  return `${[
    '# Metrics',
    'Written by `npm run generate` from the definitions: those that the kit keeps of every service are in `packages/lambdascope/src/builtInMetrics.ts`, those of the model in `lib/modelDefinitions.ts`.',
    'Locally the metrics are at http://localhost:9464/metrics, from where the aggregator also pushes them to the Pushgateway. In AWS they go to CloudWatch by the same names, in the namespace `lambdascope-<stage>`.',
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
    '## Feature drift',
    driftText(),
    '## Accuracy',
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

function driftText(): string {
  const { record, expr } = modelRecordings.featureDrift;
  return [
    'How far the distribution of each feature has moved from the training data is the Kolmogorov-Smirnov distance of the two histograms: the largest difference, over the bucket edges, between the shares of values at or below an edge. 0 is the same, 1 is without overlap. Prometheus records it by function, where there were enough rows for it to mean something:',
    ['```promql', `# ${record}`, expr, '```'].join('\n'),
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
