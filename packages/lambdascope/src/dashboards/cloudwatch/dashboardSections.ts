/** What the dashboard in CloudWatch shows, section by section, as far as CloudWatch has what Grafana shows. */
import { metrics } from '../../builtInMetrics.ts';
import type { MetricDefinition } from '../../metrics.ts';
import type { ServiceDescription } from '../service.ts';
import {
  byFunction,
  type Graph,
  hidden,
  type Line,
  overAll,
  type Section,
  share,
} from './graph.ts';
import { type Deployment, ofLambda, written } from './metricMath.ts';
import { ownSection } from './ownSection.ts';

/** The kinds of error that a function can tell of; one out of memory ends without a word, which Errors has. */
const kinds = ['validation', 'handler', 'timeout'];

/** What a service shows of its own. */
export interface OwnParts {
  /** More graphs of traffic and errors. */
  readonly traffic?: readonly Graph[];
  /** In place of a section of all metrics that the service defines. */
  readonly metrics?: Section;
}

/** The sections, from top to bottom. */
export function sections(
  service: ServiceDescription,
  deployment: Deployment,
  { traffic = [], metrics: own = ownSection(service, deployment) }: OwnParts = {},
): Section[] {
  const { functions, thresholds } = service;
  const each = (metric: MetricDefinition, stat: string) =>
    byFunction(service, deployment, metric, stat);
  const all = (metric: MetricDefinition, ...stats: readonly string[]) =>
    overAll(deployment, metric, ...stats);
  const total = (id: string, metric: MetricDefinition, dimensions: Record<string, string> = {}) =>
    hidden(id, written(deployment, metric, dimensions), 'Sum');
  const lambda = (name: Parameters<typeof ofLambda>[0], stat: string) =>
    Object.entries(deployment.functionNames).map(([label, name_]) => ({
      label,
      metric: ofLambda(name, name_),
      stat,
    }));
  const named = (lines: readonly Line[], suffix: string) =>
    lines.map((line) => ({ ...line, label: `${line.label} ${suffix}` }));

  return [
    {
      title: 'Traffic and errors',
      text: 'How much is asked, and how much of it goes wrong.',
      graphs: [
        {
          title: 'Requests',
          unit: 'a minute',
          lines: each(metrics.requests, 'Sum'),
          stacked: true,
        },
        {
          title: 'Errors by kind',
          unit: 'a minute',
          stacked: true,
          lines: kinds.flatMap((kind) => {
            const parts = functions.map((name, index) =>
              total(`${kind}${index}`, metrics.errors, { function: name, kind }),
            );
            const ids = parts.map(({ id }) => `FILL(${id}, 0)`).join(', ');
            return [...parts, { label: kind, expression: `SUM([${ids}])` }];
          }),
        },
        {
          title: 'Share of requests that went wrong, client errors included',
          unit: 'share',
          lines: share(
            'errors',
            total('errors', metrics.errors),
            total('requests', metrics.requests),
          ),
        },
        ...traffic,
      ],
    },
    {
      title: 'Latency',
      text: 'What the client waited for inside AWS, a cold start included; line: the alarm.',
      graphs: [
        {
          title: 'Mean, by function',
          unit: 'seconds',
          lines: each(metrics.latency, 'Average'),
          threshold: thresholds.meanLatency.seconds,
        },
        {
          title: 'Median, p95, p99',
          unit: 'seconds',
          lines: all(metrics.latency, 'p50', 'p95', 'p99'),
          threshold: thresholds.p95Latency.seconds,
        },
        {
          title: 'p95, cold and warm',
          unit: 'seconds',
          lines: ['true', 'false'].flatMap((cold) =>
            functions.map((name) => ({
              label: `${name} ${cold === 'true' ? 'cold' : 'warm'}`,
              metric: written(deployment, metrics.latency, { function: name, cold_start: cold }),
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
        { title: 'Cold starts', unit: 'a minute', lines: each(metrics.coldStarts, 'Sum') },
        {
          title: 'Share of requests',
          unit: 'share',
          lines: functions.flatMap((name, index) =>
            share(
              name,
              total(`cold${index}`, metrics.coldStarts, { function: name }),
              hidden(
                `answers${index}`,
                written(deployment, metrics.latency, { function: name }),
                'SampleCount',
              ),
            ),
          ),
          threshold: thresholds.coldStartShare.ratio,
        },
        { title: 'Init time, median', unit: 'seconds', lines: each(metrics.initDuration, 'p50') },
      ],
    },
    ...(own ? [own] : []),
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
        { title: 'Heap', unit: 'bytes', lines: each(metrics.heapUsed, 'Maximum') },
        {
          title: 'Event loop',
          unit: 'busy share',
          lines: each(metrics.eventLoopUtilization, 'Average'),
        },
        {
          title: 'Payloads, mean',
          unit: 'bytes',
          lines: [
            ...named(each(metrics.requestSize, 'Average'), 'in'),
            ...named(each(metrics.responseSize, 'Average'), 'out'),
          ],
        },
      ],
    },
  ];
}
