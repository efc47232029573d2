/** The dashboard of a service's own metrics: a panel for each definition that asks for one. */
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import type { MetricDefinition, MetricPanel } from '../../metrics.ts';
import {
  type Counter,
  type Gauge,
  type Histogram,
  mean,
  type Queried,
  quantile,
  queried,
  rate,
  series,
  share,
  shareByLabel,
} from '../promql.ts';
import type { ServiceDescription } from '../service.ts';
import { dashboard, type PlaceablePanel } from './dashboard.ts';
import { driftPanel } from './driftPanel.ts';
import { graph, type PanelSpec, stackedGraph, stat } from './panels.ts';

/** A definition with a panel. */
export type Charted = MetricDefinition & { readonly panel: MetricPanel };

/** Which quantiles a panel shows that names none. */
const QUANTILES = [0.5, 0.95];

/** The definitions that have a panel. */
export function charted(metrics: readonly MetricDefinition[]): readonly Charted[] {
  return metrics.filter((metric): metric is Charted => metric.panel !== undefined);
}

/** The dashboard of a service's own metrics; none when no definition has a panel. */
export function ownMetrics(service: ServiceDescription): Dashboard | undefined {
  const all = charted(service.metrics);
  if (all.length === 0) return undefined;
  const values = all.filter(({ panel }) => panel.show === 'info');
  const lines = inPairs(all.filter(({ panel }) => panel.show !== 'info').map(panelOf(service)));
  const sections = [
    ...(values.length > 0 ? [{ title: 'Now', lines: [values.map(panelOf(service))] }] : []),
    ...(lines.length > 0 ? [{ title: 'Over time', lines }] : []),
  ];
  return dashboard(service, {
    name: 'metrics',
    title: 'Metrics',
    description: "The service's own metrics, as it defines them.",
    sections,
  });
}

function panelOf({ metrics, thresholds }: ServiceDescription): (metric: Charted) => PlaceablePanel {
  return (metric) => {
    const { title, description = metric.help, show } = metric.panel;
    const about = { title, description };
    if (show === 'info') {
      const legend = (metric.labels ?? []).map((label) => `{{${label}}}`).join(' ');
      const queries = { [legend || metric.name]: series(queried(metric)) };
      return stat({ ...about, unit: units.String, queries }).textMode(BigValueTextMode.Name);
    }
    if (show === 'drift') return driftPanel(metric, thresholds.drift);
    if (show === 'share') {
      const label = metric.labels?.[0] ?? 'function';
      const queries = { [`{{${label}}}`]: shareByLabel(counter(metric), label) };
      return stackedGraph({ ...about, unit: units.PercentUnit, queries })
        .min(0)
        .max(1);
    }
    const line = { ...about, unit: unitOf(metric), queries: queriesOf(metric, metrics) };
    return show === 'level' || show === 'rate' || show === 'ratio'
      ? graph(line).min(0)
      : graph(line);
  };
}

/** PromQL by legend. */
function queriesOf(metric: Charted, metrics: readonly MetricDefinition[]): PanelSpec['queries'] {
  const by = ['function', ...(metric.labels ?? [])];
  const legend = by.map((label) => `{{${label}}}`).join(' ');
  const byFunction = { by: ['function'] };
  switch (metric.panel.show) {
    case 'ratio': {
      const whole = metrics.find(({ name }) => name === metric.panel.of);
      if (whole === undefined)
        throw contradiction(metric, `is a part of ${metric.panel.of}, which is no metric`);
      const ratio = share(rate(counter(metric), byFunction), rate(counter(whole), byFunction));
      return { '{{function}}': ratio };
    }
    case 'level':
      return { [legend]: `sum by (${by.join(', ')}) (${series(gauge(metric))})` };
    case 'quantiles': {
      const { quantiles = QUANTILES } = metric.panel;
      const values = histogram(metric);
      const lines = quantiles.map((q) => [
        `${nameOf(q)}, {{function}}`,
        quantile(q, values, byFunction),
      ]);
      return { 'mean, {{function}}': mean(values, byFunction), ...Object.fromEntries(lines) };
    }
    default:
      return { [legend]: rate(counter(metric), { by }) };
  }
}

function nameOf(q: number): string {
  return q === 0.5 ? 'median' : `p${Number((q * 100).toPrecision(6))}`;
}

/** By the last part of the name, as Prometheus' naming practices have it. */
function unitOf({ name, panel }: Charted): string {
  if (panel.show === 'ratio') return units.PercentUnit;
  if (panel.show === 'rate') return units.CountsPerSecond;
  if (name.endsWith('_seconds')) return units.Seconds;
  if (name.endsWith('_bytes')) return units.BytesIEC;
  return name.endsWith('_ratio') ? units.PercentUnit : units.Short;
}

function counter(metric: MetricDefinition): Counter {
  return ofKind(metric, 'counter');
}

function gauge(metric: MetricDefinition): Gauge {
  return ofKind(metric, 'gauge');
}

function histogram(metric: MetricDefinition): Histogram {
  return ofKind(metric, 'histogram');
}

function ofKind<Kind extends MetricDefinition['kind']>(
  metric: MetricDefinition,
  kind: Kind,
): Queried<Kind> {
  if (metric.kind !== kind) throw contradiction(metric, `is a ${metric.kind} and not a ${kind}`);
  return { ...queried(metric), kind };
}

function contradiction({ name }: MetricDefinition, what: string): Error {
  return new PanelError(`The panel of ${name} cannot be drawn: the metric ${what}.`);
}

/** A definition's panel contradicts the metric. */
export class PanelError extends Error {
  override readonly name = 'PanelError';
}

function inPairs<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, index) =>
    items.slice(index * 2, index * 2 + 2),
  );
}
