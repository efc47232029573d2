/** The graphs of the dashboard in CloudWatch, and the lines that they are made of. */
import type { MetricDefinition } from '../../metrics.ts';
import type { ServiceDescription } from '../service.ts';
import { functionsOf } from './alarms.ts';
import { type CloudWatchMetric, type Deployment, written } from './metricMath.ts';

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

/** One line a function that can have the metric. */
export function byFunction(
  service: ServiceDescription,
  deployment: Deployment,
  metric: MetricDefinition,
  stat: string,
): Line[] {
  return functionsOf(service, metric).map((name) => ({
    label: name,
    metric: written(deployment, metric, { function: name }),
    stat,
  }));
}

/** One line a statistic, over all functions. */
export function overAll(
  deployment: Deployment,
  metric: MetricDefinition,
  ...stats: readonly string[]
): Line[] {
  return stats.map((stat) => ({ label: stat, metric: written(deployment, metric, {}), stat }));
}

/** A line for each value of a label, which nobody need know before. */
export function byLabel(
  { namespace }: Deployment,
  { name }: MetricDefinition,
  label: string,
  stat: string,
): Line {
  return {
    label: `\${PROP('Dim.${label}')}`,
    expression: `SEARCH('{${namespace},${label}} MetricName="${name}"', '${stat}')`,
  };
}

/** The sum or the count of a metric, to be used in an expression. */
export function hidden(id: string, metric: CloudWatchMetric, stat: string): Line & { id: string } {
  return { label: id, id, metric, stat, hidden: true };
}

/** A part of a whole; the part is not written where there is none of it. */
export function share(
  label: string,
  part: Line & { id: string },
  whole: Line & { id: string },
): Line[] {
  return [part, whole, { label, expression: `FILL(${part.id}, 0) / ${whole.id}` }];
}
