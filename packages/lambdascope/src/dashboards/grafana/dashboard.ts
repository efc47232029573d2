/** What is the same on all dashboards: variables, links between them, rows of panels, identity. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationPanelFilterBuilder,
  type AnnotationQuery,
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  IntervalVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  type RowPanel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { metrics } from '../../builtInMetrics.ts';
import type { ServiceDescription } from '../service.ts';
import { coloursOf } from './colours.ts';
import { datasource } from './datasource.ts';
import { coloured } from './panels.ts';

const GRID_COLUMNS = 24;
const INTERVALS = ['30s', '1m', '2m', '5m', '15m', '1h', '6h', '1d'];
const DEFAULT_INTERVAL = '1m';

/** A panel whose place in the grid is still open. */
export interface PlaceablePanel extends Builder<Panel> {
  id(id: number): this;
  span(columns: number): this;
}

/** Panels under a common heading. */
export interface Section {
  readonly title: string;
  /** Whether its panels show only once it is opened. @default false */
  readonly collapsed?: boolean;
  /** Each line of panels shares the width equally. */
  readonly lines: readonly (readonly PlaceablePanel[])[];
}

/** One dashboard. */
export interface DashboardSpec {
  /** Last part of the address and name of the file. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  readonly marks?: readonly Mark[];
}

/** Moments to mark on one panel. */
export interface Mark {
  /** Title of the panel. */
  readonly panel: string;
  readonly annotation: AnnotationQueryBuilder;
}

/** The uid, and so the address, of a dashboard. */
export function uidOf(service: Pick<ServiceDescription, 'name'>, name: string): string {
  return `${service.name}-${name}`;
}

/** A dashboard ready to be written as JSON. */
export function dashboard(service: ServiceDescription, spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(`${service.name} / ${spec.title}`)
    .uid(uidOf(service, spec.name))
    .description(spec.description)
    // By which the dashboards find one another.
    .tags([service.name])
    .editable()
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([functionVariable(), intervalVariable()])
    .link(dashboardLinks(service));

  let id = 0;
  for (const { title, lines, collapsed = false } of spec.sections) {
    id += 1;
    const row = new RowBuilder(title).id(id).collapsed(collapsed);
    const panels = lines.flatMap((line) =>
      line.map((panel) => panel.id(++id).span(GRID_COLUMNS / line.length)),
    );
    if (collapsed) for (const panel of panels) row.withPanel(panel);
    builder.withRow(row);
    if (!collapsed) for (const panel of panels) builder.withPanel(panel);
  }
  const { links = [], ...built } = builder.build();
  const marks = (spec.marks ?? []).map((mark) => annotationOf(mark, built.panels ?? []));
  return {
    ...built,
    panels: (built.panels ?? []).map((panel) => withColours(panel, coloursOf(service))),
    links: links.map(inTheBar),
    annotations: { list: marks.map(inTheBar) },
  };
}

function withColours(panel: Panel | RowPanel, colours: ReturnType<typeof coloursOf>) {
  return 'panels' in panel
    ? { ...panel, panels: panel.panels.map((one) => coloured(one, colours)) }
    : coloured(panel, colours);
}

function annotationOf(
  { panel, annotation }: Mark,
  panels: NonNullable<Dashboard['panels']>,
): AnnotationQuery {
  const marked = panels.find(({ title }) => title === panel)?.id;
  if (marked === undefined) throw new Error(`no panel to mark: ${panel}`);
  return annotation.filter(new AnnotationPanelFilterBuilder().ids([marked])).build();
}

/** The SDK puts links and switches into Grafana 13's menu of controls, where no newcomer looks. */
function inTheBar<Control extends { placement?: unknown }>(
  control: Control,
): Omit<Control, 'placement'> {
  const { placement: _, ...shown } = control;
  return shown;
}

/** A panel's link to another dashboard that keeps the time range and the variables. */
export function linkTo(
  service: ServiceDescription,
  name: string,
  title: string,
): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(`/d/${uidOf(service, name)}?\${__url_time_range}&\${__all_variables}`);
}

function functionVariable(): QueryVariableBuilder {
  const query = `label_values(${metrics.requests.name}, function)`;
  return new QueryVariableBuilder('function')
    .label('Function')
    .description('Which Lambda functions count.')
    .datasource(datasource)
    .query({ query, refId: 'function' })
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'] })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

function intervalVariable(): IntervalVariableBuilder {
  return new IntervalVariableBuilder('interval')
    .label('Interval')
    .description('What a rate looks back over. Longer is smoother and hides short spikes.')
    .values(INTERVALS.join(','))
    .options(
      INTERVALS.map((value) => ({ text: value, value, selected: value === DEFAULT_INTERVAL })),
    )
    .current({ text: DEFAULT_INTERVAL, value: DEFAULT_INTERVAL });
}

function dashboardLinks({ name }: ServiceDescription): DashboardLinkBuilder {
  return new DashboardLinkBuilder(name)
    .type(DashboardLinkType.Dashboards)
    .tags([name])
    .keepTime(true)
    .includeVars(true);
}
