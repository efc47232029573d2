/** The committed dashboards as Grafana reads them, and what they ask Prometheus. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { parse } from 'yaml';
import { root } from '../tools/root.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';

/** Where Grafana's files are. */
export const grafanaFolder = join(root, 'monitoring/grafana');

/** A query of a panel, variable or annotation, as committed: variables not yet filled in. */
export interface DashboardQuery {
  /** Where it stands, for messages. */
  readonly place: string;
  readonly expression: string;
  /** A single value at the end of the time range rather than a line. */
  readonly instant: boolean;
}

/** Every committed dashboard. */
export function committedDashboards(): readonly Dashboard[] {
  const folder = join(grafanaFolder, 'dashboards');
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** The committed dashboard of a title, without what all of them begin with. */
export function dashboardTitled(title: string): Dashboard {
  const found = committedDashboards().find((one) => one.title === `lambdascope / ${title}`);
  if (found === undefined) throw new Error(`there is no dashboard ${title}`);
  return found;
}

/** The content of a provisioning file, by its path in the provisioning folder. */
export function provisioningFile(path: string): unknown {
  return parse(readFileSync(join(grafanaFolder, 'provisioning', path), 'utf8'));
}

/** The one data source that is provisioned. */
export function provisionedDatasource(): GrafanaTypes['datasourceFile']['datasources'][number] {
  const file = provisioningFile('datasources/prometheus.yaml') as GrafanaTypes['datasourceFile'];
  const [only, ...others] = file.datasources;
  if (only === undefined || others.length > 0) throw new Error('expected one data source');
  return only;
}

/** The panels of a dashboard that show something: not the row headings, but those in closed rows. */
export function panelsOf({ panels = [] }: Dashboard): readonly Panel[] {
  return panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));
}

/** The panel of a title. */
export function panelTitled(dashboard: Dashboard, title: string): Panel {
  const found = panelsOf(dashboard).find((one) => one.title === title);
  if (found === undefined) throw new Error(`${dashboard.title} has no panel ${title}`);
  return found;
}

/** The PromQL of every panel. */
export function panelQueries(dashboard: Dashboard): readonly DashboardQuery[] {
  return panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel).map(({ refId, expr, instant }) => ({
      place: `${dashboard.title} / ${panel.title} / ${refId}`,
      expression: expr,
      instant,
    })),
  );
}

/** The PromQL of the guided tour. */
export function tourBlocks(): readonly string[] {
  const tour = readFileSync(join(root, 'docs/tour.md'), 'utf8');
  return [...tour.matchAll(/```promql\n(.*?)```/gs)].map(([, query = '']) => query);
}

/** Whether a query is about what cAdvisor measures. */
export function aboutContainers({ expression }: Pick<DashboardQuery, 'expression'>): boolean {
  return /\bcontainer[_:]/.test(expression);
}

/** The PromQL of every annotation. */
export function annotationQueries(dashboard: Dashboard): readonly DashboardQuery[] {
  return (dashboard.annotations.list ?? []).map(({ name, target }) => ({
    place: `${dashboard.title} / annotation ${name}`,
    expression: asTarget(target).expr,
    instant: false,
  }));
}

/** What is read of a query: the SDK types a panel's queries only by their marker. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
}

/** The queries of a panel. */
export function targetsOf({ targets = [] }: Panel): readonly Target[] {
  return targets.map(asTarget);
}

/** The query of an annotation or a panel. */
export function asTarget(query: unknown): Target {
  return query as Target;
}

/** Whether it is a heading, which may hold the panels below it. */
export function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}
