/** Writes the documents about metrics from their one definition: docs/metrics.md, and the table in the README. */
import { emfGroups, notInEmf } from '../lib/emfMetrics.ts';
import { type MetricDefinition, type MetricKey, metrics } from '../lib/metrics.ts';
import { recordings } from '../monitoring/prometheus/recordingRules.ts';
import { metricExamples } from './metricExamples.ts';

type LabelName = (typeof metrics)[MetricKey]['labels'][number];

/** What each label says, and which values it can have. */
const labelMeanings: Readonly<Record<LabelName, string>> = {
  function: 'Short name of the function: `health`, `predict`, `batchPredict`, `docs`.',
  method: 'HTTP method.',
  route: 'Resource path of the route, such as `/predict`; never the path that the client sent.',
  status: 'HTTP status of the answer.',
  cold_start: '`true` when the request waited for a new instance, else `false`.',
  client: 'Id of the API key, never the key; `other` from the 51st on, and for unknown ids.',
  kind: '`validation` (the input), `handler` (the code) or `timeout` (the time limit).',
  class: 'A class of the model.',
  model_version: 'Version of the model that answered.',
  feature: 'A feature of the model.',
  name: 'Name of the model.',
  version: 'Version of the model.',
  sha256: 'Hash of the model artifact.',
};

const BEGIN = '<!-- metrics:begin -->';
const END = '<!-- metrics:end -->';

/** The README lacks the comments that the table stands between. */
export class MarkerError extends Error {
  override readonly name = 'MarkerError';
}

/** Both documents. */
export const metricsDocs = [
  { path: 'docs/metrics.md', render: metricsPage },
  { path: 'README.md', render: withMetricsTable },
] as const;

const groups: readonly {
  readonly dimensionSets: readonly (readonly string[])[];
  readonly metrics: readonly MetricKey[];
}[] = Object.values(emfGroups);

const entries = Object.entries(metrics) as [MetricKey, MetricDefinition][];

/**
 * A README with the table of metrics of now.
 *
 * @throws MarkerError when it has no place for the table
 */
export function withMetricsTable(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new MarkerError(`README.md lacks ${BEGIN} or ${END}.`);
  const rows = entries.map(([key, { name, kind, labels, help }]) => [
    code(name),
    kind,
    help,
    labels.map(code).join(', '),
    code(metricExamples[key].query),
  ]);
  const written = table(['metric', 'kind', 'meaning', 'labels', 'example query'], rows);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${written}\n\n${readme.slice(end)}`;
}

/** docs/metrics.md. */
export function metricsPage(): string {
  const sections = entries.map(([key, definition]) => section(key, definition));
  return `${[
    '# Metrics',
    'This page is written from `lib/metrics.ts` by `npm run generate`; change it there.',
    'Locally the metrics are at http://localhost:9464/metrics, from where the aggregator also pushes them to the Pushgateway. In AWS the same names and units go to CloudWatch, in the namespace `lambdascope`.',
    '## Labels',
    table(
      ['label', 'says'],
      Object.entries(labelMeanings).map(([name, meaning]) => [code(name), meaning]),
    ),
    ...sections,
    '## Feature drift',
    driftText(),
    '## Of the emulator itself',
    "`process_*` and `nodejs_*` are prom-client's default metrics of the process that the emulator runs in, instances included. They are not in CloudWatch.",
  ].join('\n\n')}\n`;
}

function section(key: MetricKey, { name, kind, unit, labels, buckets, help }: MetricDefinition) {
  const { question, query } = metricExamples[key];
  const facts = [
    `- Kind: ${kind}${unit === 'count' ? '' : `, in ${unitText(unit)}`}`,
    `- Labels: ${labels.map(code).join(', ')}`,
    ...(buckets === undefined ? [] : [`- Buckets: ${bucketText(buckets)}`]),
    `- In CloudWatch: ${cloudWatchText(key)}`,
  ];
  return [
    `## ${code(name)}`,
    help,
    facts.join('\n'),
    `${question}:`,
    ['```promql', query, '```'].join('\n'),
  ].join('\n\n');
}

function unitText(unit: MetricDefinition['unit']): string {
  return {
    seconds: 'seconds',
    bytes: 'bytes',
    ratio: 'parts of 1',
    count: '',
    feature: "the feature's own unit",
  }[unit];
}

function bucketText(buckets: readonly number[] | 'deciles'): string {
  return buckets === 'deciles' ? "the feature's deciles in the training data" : buckets.join(', ');
}

function cloudWatchText(key: MetricKey): string {
  if (key in notInEmf) return `no: ${notInEmf[key as keyof typeof notInEmf]}`;
  const sets = groups
    .filter((group) => group.metrics.includes(key))
    .flatMap(({ dimensionSets }) => dimensionSets)
    .map((set) => (set.length === 0 ? 'no dimension' : set.map(code).join(' and ')));
  return `by ${sets.join('; by ')}`.replace('by no dimension', 'without dimension');
}

function driftText(): string {
  const { record, expr } = recordings().featureDrift;
  return [
    'How far the distribution of each feature has moved from the training data is the Kolmogorov-Smirnov distance of the two histograms: the largest difference, over the bucket edges, between the shares of values at or below an edge. 0 is the same, 1 is without overlap. Prometheus records it by function, where there were enough rows for it to mean something:',
    ['```promql', `# ${record}`, expr, '```'].join('\n'),
  ].join('\n\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A Markdown table with its columns aligned, as the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('\n');
}
