/** What the dashboard in CloudWatch shows, section by section, as far as CloudWatch has what Grafana shows. */
import { type MetricKey, metrics } from '../../lib/metrics.ts';
import type { ErrorKind } from '../../lib/observation.ts';
import { thresholds } from '../thresholds.ts';
import { ofGateway, throttledRequests } from './gateway.ts';
import { type CloudWatchMetric, type Deployment, ofLambda, ours } from './metricMath.ts';

const kinds: readonly ErrorKind[] = ['validation', 'handler', 'timeout'];

/** A line: a metric and its statistic, or an expression over lines before it. */
export interface Line {
  readonly label: string;
  readonly metric?: CloudWatchMetric;
  readonly stat?: string;
  /** To be used in an expression. */
  readonly id?: string;
  readonly expression?: string;
  /** Only an input of an expression. */
  readonly hidden?: boolean;
}

export interface Graph {
  readonly title: string;
  /** What the axis counts. */
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Where the alarm is. */
  readonly threshold?: number;
  readonly stacked?: boolean;
}

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly graphs: readonly Graph[];
}

/** The sections, from top to bottom. */
export function sections(deployment: Deployment): Section[] {
  const { httpFunctions, predictingFunctions, functions } = deployment;
  /** One line a function that serves requests. */
  const each = (key: MetricKey, stat: string, dimensions: Record<string, string> = {}): Line[] =>
    httpFunctions.map((name) => ({
      label: name,
      metric: ours(deployment, key, { function: name, ...dimensions }),
      stat,
    }));
  /** One line a statistic, over all functions. */
  const stats = (key: MetricKey, ...names: readonly string[]): Line[] =>
    names.map((stat) => ({ label: stat, metric: ours(deployment, key, {}), stat }));
  const total = (id: string, key: MetricKey, dimensions: Record<string, string> = {}): Line => ({
    label: id,
    id,
    metric: ours(deployment, key, dimensions),
    stat: 'Sum',
    hidden: true,
  });
  const lambda = (name: Parameters<typeof ofLambda>[1], stat: string): Line[] =>
    functions.map((label) => ({ label, metric: ofLambda(deployment, name, label), stat }));
  const share = (label: string, part: Line, whole: Line): Line[] => [
    part,
    whole,
    { label, expression: `${part.id} / ${whole.id}` },
  ];

  return [
    {
      title: 'Traffic and errors',
      text: 'How much is asked, and how much of it goes wrong.',
      graphs: [
        { title: 'Requests', unit: 'a minute', lines: each('requests', 'Sum'), stacked: true },
        {
          title: 'Errors by kind',
          unit: 'a minute',
          stacked: true,
          lines: kinds.flatMap((kind) => {
            const parts = httpFunctions.map((name, index) =>
              total(`${kind}${index}`, 'errors', { function: name, kind }),
            );
            const ids = parts.map(({ id }) => id).join(', ');
            return [...parts, { label: kind, expression: `SUM([${ids}])` }];
          }),
        },
        {
          title: 'Share of requests that went wrong, client errors included',
          unit: 'share',
          lines: share('errors', total('errors', 'errors'), total('requests', 'requests')),
        },
        {
          title: 'As the gateway sees it',
          unit: 'a minute',
          lines: [
            { label: 'requests', metric: ofGateway(deployment, 'Count'), stat: 'Sum' },
            { label: '5xx', metric: ofGateway(deployment, '5XXError'), stat: 'Sum' },
            { label: '429', metric: throttledRequests(deployment), stat: 'Sum' },
          ],
        },
      ],
    },
    {
      title: 'Latency',
      text: 'What the client waited for inside AWS, a cold start included; line: the alarm.',
      graphs: [
        {
          title: 'Mean, by function',
          unit: 'seconds',
          lines: each('latency', 'Average'),
          threshold: thresholds.meanLatency.seconds,
        },
        {
          title: 'Median, p95, p99',
          unit: 'seconds',
          lines: stats('latency', 'p50', 'p95', 'p99'),
          threshold: thresholds.p95Latency.seconds,
        },
        {
          title: 'p95, cold and warm',
          unit: 'seconds',
          lines: ['true', 'false'].flatMap((cold) =>
            httpFunctions.map((name) => ({
              label: `${name} ${cold === 'true' ? 'cold' : 'warm'}`,
              metric: ours(deployment, 'latency', { function: name, cold_start: cold }),
              stat: 'p95',
            })),
          ),
        },
      ],
    },
    {
      title: 'Cold starts',
      text: 'Requests that waited for a new instance.',
      graphs: [
        { title: 'Cold starts', unit: 'a minute', lines: each('coldStarts', 'Sum') },
        {
          title: 'Share of requests',
          unit: 'share',
          // Written as 0 or 1 by each invocation.
          lines: each('coldStarts', 'Average'),
          threshold: thresholds.coldStartShare.ratio,
        },
        { title: 'Init time, median', unit: 'seconds', lines: each('initDuration', 'p50') },
      ],
    },
    {
      title: 'Model',
      text: `What the model answers, and how much what it is asked resembles its training data.`,
      graphs: [
        {
          title: 'Predictions by class',
          unit: 'rows a minute',
          stacked: true,
          lines: [byDimension(deployment, 'predictions', 'class', 'Sum')],
        },
        {
          title: 'Out of distribution, share of rows by function',
          unit: 'share',
          lines: predictingFunctions.flatMap((name, index) =>
            share(
              name,
              total(`odd${index}`, 'outOfDistribution', { function: name }),
              total(`rows${index}`, 'predictions', { function: name }),
            ),
          ),
          threshold: thresholds.outOfDistributionShare.ratio,
        },
        {
          title: 'Confidence, by function',
          unit: 'vote share',
          lines: ['p50', 'p10'].flatMap((stat) =>
            predictingFunctions.map((name) => ({
              label: `${name} ${stat}`,
              metric: ours(deployment, 'confidence', { function: name }),
              stat,
            })),
          ),
        },
        {
          title: 'Features, median',
          unit: 'of the feature',
          lines: [byDimension(deployment, 'featureValue', 'feature', 'p50')],
        },
        { title: 'Time in the model', unit: 'seconds', lines: stats('inference', 'p50', 'p99') },
        { title: 'Rows in a batch', unit: 'rows', lines: stats('batchSize', 'p50', 'p95') },
      ],
    },
    {
      title: 'Instances',
      text: 'What AWS runs, and what it had to refuse or end.',
      graphs: [
        {
          title: 'Instances at work',
          unit: 'at once',
          lines: lambda('ConcurrentExecutions', 'Maximum'),
        },
        { title: 'Throttles', unit: 'a minute', lines: lambda('Throttles', 'Sum') },
        { title: 'Ended without an answer', unit: 'a minute', lines: lambda('Errors', 'Sum') },
        { title: 'Heap', unit: 'bytes', lines: each('heapUsed', 'Maximum') },
        { title: 'Event loop', unit: 'busy share', lines: each('eventLoopUtilization', 'Average') },
        {
          title: 'Payloads, mean',
          unit: 'bytes',
          lines: [
            ...each('requestSize', 'Average').map((line) => ({
              ...line,
              label: `${line.label} in`,
            })),
            ...each('responseSize', 'Average').map((line) => ({
              ...line,
              label: `${line.label} out`,
            })),
          ],
        },
      ],
    },
  ];
}

/** A line for each value of a dimension that the model decides: its classes, its features. */
function byDimension(
  { emfNamespace }: Deployment,
  key: MetricKey,
  dimension: string,
  stat: string,
): Line {
  return {
    label: `\${PROP('Dim.${dimension}')}`,
    expression: `SEARCH('{${emfNamespace},${dimension}} MetricName="${metrics[key].name}"', '${stat}')`,
  };
}
