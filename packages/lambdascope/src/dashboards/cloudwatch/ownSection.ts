/** The section of a service's own metrics on the dashboard in CloudWatch: a graph for each that goes there. */
import { emfDimensions } from '../../function/emfDimensions.ts';
import type { MetricDefinition } from '../../metrics.ts';
import type { ServiceDescription } from '../service.ts';
import { functionsOf } from './alarms.ts';
import {
  byFunction,
  byLabel,
  type Graph,
  hidden,
  type Line,
  overAll,
  type Section,
  share,
} from './graph.ts';
import { type Deployment, written } from './metricMath.ts';

/** The section; none when no metric goes to CloudWatch. */
export function ownSection(
  service: ServiceDescription,
  deployment: Deployment,
): Section | undefined {
  const metrics = service.metrics.filter((metric) => emfDimensions(metric).length > 0);
  if (metrics.length === 0) return undefined;
  return {
    title: 'Metrics',
    text: "The service's own metrics.",
    graphs: metrics.map((metric) => graphOf(service, deployment, metric)),
  };
}

function graphOf(
  service: ServiceDescription,
  deployment: Deployment,
  metric: MetricDefinition,
): Graph {
  const { name, kind, panel } = metric;
  const title = panel?.title ?? name;
  const whole = service.metrics.find((other) => other.name === panel?.of);
  if (panel?.show === 'ratio' && whole && isBy(metric, 'function') && isBy(whole, 'function')) {
    const lines = functionsOf(service, metric).flatMap((function_, index) => {
      const total = (id: string, of: MetricDefinition) =>
        hidden(`${id}${index}`, written(deployment, of, { function: function_ }), 'Sum');
      return share(function_, total('part', metric), total('whole', whole));
    });
    return { title, unit: 'share', lines };
  }
  const lines = statistics(metric).flatMap((stat) => linesOf(service, deployment, metric, stat));
  return { title, unit: unitOf(metric), lines, stacked: kind === 'counter' };
}

/** Split by what the metric is split by in CloudWatch: a label of its own, else the function. */
function linesOf(
  service: ServiceDescription,
  deployment: Deployment,
  metric: MetricDefinition,
  stat: string,
): Line[] {
  const label = metric.labels?.find((name) => isBy(metric, name));
  if (label !== undefined) return [byLabel(deployment, metric, label, stat)];
  if (!isBy(metric, 'function')) return overAll(deployment, metric, stat);
  return byFunction(service, deployment, metric, stat).map((line) => ({
    ...line,
    label: metric.kind === 'histogram' ? `${line.label} ${stat}` : line.label,
  }));
}

function statistics({ kind, panel }: MetricDefinition): readonly string[] {
  if (kind === 'counter') return ['Sum'];
  if (kind === 'gauge') return ['Average'];
  return (panel?.quantiles ?? [0.5, 0.95]).map((q) => `p${Number((q * 100).toPrecision(6))}`);
}

/** By the last part of the name, as Prometheus' naming practices have it. */
function unitOf({ name, kind }: MetricDefinition): string {
  if (kind === 'counter') return 'a minute';
  return /_(seconds|bytes|ratio)$/.exec(name)?.[1] ?? 'value';
}

/** Whether CloudWatch has the metric split by a label alone. */
function isBy(metric: MetricDefinition, label: string): boolean {
  return emfDimensions(metric).some((labels) => labels.length === 1 && labels[0] === label);
}
