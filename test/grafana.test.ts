/** The committed dashboards hold together: identities, layout, words, names, and what can be seen of their looks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { driftRecordings } from 'lambdascope/dashboards/drift';
import { foreignMetrics } from 'lambdascope/dashboards/foreignMetrics';
import { objectiveSeries } from 'lambdascope/dashboards/prometheus/objectiveRules';
import type { Queried } from 'lambdascope/dashboards/promql';
import { recordings } from 'lambdascope/dashboards/recordings';
import { thresholds } from 'lambdascope/dashboards/thresholds';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { modelMetrics } from '../lib/modelDefinitions.ts';
import { model } from '../lib/servedModel.ts';
import artifact from '../model/artifact.json' with { type: 'json' };
import { modelRecordings } from '../monitoring/modelAlerts.ts';
import { root } from '../tools/root.ts';
import {
  annotationQueries,
  committedDashboards,
  type DashboardQuery,
  panelQueries,
  panelsOf,
  provisionedDatasource,
  targetsOf,
} from './dashboards.ts';
import { fillIn } from './grafanaVariables.ts';
import { metricTable } from './metricTable.ts';
import { selectedMetrics } from './promqlMetrics.ts';

const dashboards = committedDashboards();
/** What is recorded, with the expression of its rule where that may be asked for. */
const expressions = new Map(
  [
    ...Object.values({ ...recordings(thresholds), ...modelRecordings }),
    ...driftRecordings(Object.values(modelMetrics(model)), thresholds.drift),
  ].map(({ record, expr }) => [record, expr]),
);
const recorded = [...expressions.keys(), ...Object.values(objectiveSeries)];
const SUFFIXES = ['_bucket', '_sum', '_count'];

describe('the dashboards', () => {
  it('each have an address and a title of their own', () => {
    expect(dashboards.length).toBeGreaterThanOrEqual(5);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    expect(new Set(dashboards.map(({ title }) => title)).size).toBe(dashboards.length);
    // Grafana refuses longer ones.
    for (const { uid } of dashboards) expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
  });

  it('link to one another', () => {
    for (const { uid, links, tags } of dashboards) {
      expect(links?.[0], uid).toMatchObject({
        type: 'dashboards',
        keepTime: true,
        includeVars: true,
      });
      expect(links?.[0]?.tags).toEqual(tags);
    }
  });

  it('link from panels only to dashboards that exist', () => {
    const links = dashboards.flatMap(panelsOf).flatMap((panel) => panel.links ?? []);
    expect(links.length).toBeGreaterThan(0);
    for (const { url } of links) {
      const uid = url?.match(/^\/d\/([^?]+)/)?.[1];
      expect(dashboards.map((dashboard) => dashboard.uid)).toContain(uid);
    }
  });

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s asks the provisioned data source everywhere',
    (_, dashboard) => {
      const used = datasourcesIn(dashboard);
      expect(used.length).toBeGreaterThan(panelsOf(dashboard).length);
      expect(new Set(used)).toEqual(new Set([provisionedDatasource().uid]));
      expect(JSON.stringify(dashboard)).not.toContain('${DS_');
    },
  );

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s gives every panel its own id and place',
    (_, dashboard) => {
      const panels = dashboard.panels ?? [];
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const taken = new Set<string>();
      for (const { title, gridPos } of panels) {
        if (gridPos === undefined) throw new Error(`${title} has no place`);
        expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
            expect(taken, `${title} lies on another panel`).not.toContain(`${x},${y}`);
            taken.add(`${x},${y}`);
          }
        }
      }
    },
  );

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s explains every panel, with a unit and a legend',
    (_, dashboard) => {
      for (const panel of panelsOf(dashboard)) {
        expect(panel.description?.length, panel.title).toBeGreaterThan(20);
        expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
        // Grafana would write it at every tick of a logarithmic axis that has no label.
        const { noValue } = panel.fieldConfig?.defaults ?? {};
        expect(Boolean(noValue), panel.title).toBe(!isLogarithmic(panel));
        const targets = targetsOf(panel);
        expect(new Set(targets.map(({ refId }) => refId)).size, panel.title).toBe(targets.length);
        for (const { legendFormat } of targets) expect(legendFormat, panel.title).toBeTruthy();
      }
    },
  );

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s uses the variables that it has, and no others',
    (_, dashboard) => {
      const own = (dashboard.templating.list ?? []).map(({ name }) => name);
      expect(own).toEqual(['function', 'interval']);
      const text = JSON.stringify(queriesOf(dashboard).map(({ expression }) => expression));
      const used = [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name]) => name);
      const builtIn = ['__range', '__interval', '__rate_interval'];
      expect(new Set(used.filter((name) => !builtIn.includes(name ?? '')))).toEqual(new Set(own));
    },
  );
});

describe('the panels', () => {
  const panels = dashboards.flatMap((dashboard) =>
    panelsOf(dashboard).map((panel) => ({ place: `${dashboard.title} / ${panel.title}`, panel })),
  );
  const ofType = (type: string) => panels.filter(({ panel }) => panel.type === type);
  const graphs = ofType('timeseries');

  it('name their lines in a table beside them, the largest first; in a row where there is no room; nowhere where the title does', () => {
    for (const { place, panel } of graphs) {
      const legends = targetsOf(panel).map(({ legendFormat }) => legendFormat);
      const { legend } = panel.options as { legend: Record<string, unknown> };
      const single = legends.length === 1 && !legends[0]?.includes('{{');
      if (single) expect(legend, place).toMatchObject({ showLegend: false });
      else if ((panel.gridPos?.w ?? 0) >= 12) {
        expect(legend, place).toMatchObject({
          displayMode: 'table',
          placement: 'right',
          sortBy: 'Max',
          sortDesc: true,
        });
      } else {
        expect(legend, place).toMatchObject({ displayMode: 'list', placement: 'bottom' });
        expect(legends.length, place).toBeLessThanOrEqual(2);
      }
    }
  });

  it('colour names that are known before, each the same everywhere', () => {
    // CloudFormation's own tags would each be a warning.
    const { functions } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
      logLevel: 'error',
    });
    const names: Record<string, readonly string[]> = {
      function: Object.keys(functions).filter((name) => functions[name].events?.length > 0),
      status: ['200', '400', '413', '415', '422', '429', '500', '502', '504'],
      kind: ['validation', 'handler', 'timeout', 'memory'],
      reason: ['reserved', 'account', 'scaling', 'rate', 'burst', 'quota'],
      initialization_type: ['on-demand', 'provisioned-concurrency'],
      objective: ['availability', 'warm-latency', 'latency'],
      class: artifact.content.classes,
      feature: artifact.content.features.map(({ name }) => name),
    };
    const lines = graphs.flatMap(({ panel }) =>
      targetsOf(panel).map(({ legendFormat }) => ({ panel, legend: legendFormat })),
    );
    for (const [label, values] of Object.entries(names)) {
      const labelled = lines.filter(
        ({ legend }) => legend.includes(`{{${label}}}`) && !hasTwoOf(legend, names),
      );
      for (const value of values) {
        const colours = labelled.map(({ panel, legend }) =>
          colourOf(panel, legend.replace(`{{${label}}}`, value)),
        );
        expect([...new Set(colours)], `${label} ${value}`).toEqual([expect.any(String)]);
      }
    }
    for (const name of ['cold', 'warm', 'mean', 'p99']) {
      const named = lines.filter(({ legend }) => legend === name);
      const colours = named.map(({ panel }) => colourOf(panel, name));
      expect([...new Set(colours)], name).toEqual([expect.any(String)]);
    }
  });

  it('colour other names by the name, not by their place among those that have data', () => {
    for (const { place, panel } of graphs) {
      expect(panel.fieldConfig?.defaults.color?.mode, place).toBe('palette-classic-by-name');
    }
  });

  it('stack areas without outlines', () => {
    const stacks = graphs.filter(({ panel }) => customOf(panel).stacking?.mode === 'normal');
    expect(stacks.length).toBeGreaterThan(3);
    for (const { place, panel } of stacks) {
      if (customOf(panel).drawStyle !== 'bars') expect(customOf(panel).lineWidth, place).toBe(0);
    }
  });

  it('judge nothing where there is no value', () => {
    for (const { place, panel } of ofType('stat')) {
      const { mappings = [], noValue: text } = panel.fieldConfig?.defaults ?? {};
      const result = { text, color: 'text' };
      expect(mappings, place).toContainEqual({
        type: 'special',
        options: { match: 'null', result },
      });
    }
  });

  it('count whole events in heatmaps, in colours that show few of them, with room for the names of buckets', () => {
    const heatmaps = ofType('heatmap');
    expect(heatmaps.length).toBeGreaterThanOrEqual(3);
    for (const { place, panel } of heatmaps) {
      for (const { expr } of targetsOf(panel)) expect(expr, place).not.toMatch(/increase|rate/);
      expect(panel.options, place).toMatchObject({
        color: { mode: 'scheme', scheme: 'Cool' },
        cellValues: { decimals: 0 },
      });
      expect(panel.gridPos?.h, place).toBeGreaterThanOrEqual(12);
    }
  });

  it('draw the mean and p99 on one logarithmic axis, with the line that alerts know', () => {
    const both = graphs.filter(({ panel }) => {
      const legends = targetsOf(panel).map(({ legendFormat }) => legendFormat);
      return legends.includes('mean') && legends.includes('p99');
    });
    expect(both.length).toBeGreaterThanOrEqual(2);
    for (const { place, panel } of both) {
      expect(isLogarithmic(panel), place).toBe(true);
      expect(customOf(panel).thresholdsStyle, place).toEqual({ mode: 'dashed' });
      expect(panel.fieldConfig?.defaults.thresholds?.steps.at(-1)?.value, place).toBe(0.5);
    }
  });

  it('that need Docker come last, in a closed row', () => {
    for (const dashboard of dashboards) {
      const rows = (dashboard.panels ?? []).filter(({ type }) => type === 'row') as RowPanel[];
      const open = (dashboard.panels ?? []).filter(({ type }) => type !== 'row') as Panel[];
      const needsDocker = (panel: Panel) =>
        targetsOf(panel).some(({ expr }) => /\bcontainer[:_]/.test(expr));
      expect(open.filter(needsDocker)).toEqual([]);
      const closed = rows.filter(({ collapsed }) => collapsed);
      expect(closed).toEqual(rows.slice(rows.length - closed.length));
    }
    const [resources] = dashboards.filter(({ uid }) => uid === 'lambdascope-resources');
    expect(resources?.panels?.at(-1)).toMatchObject({ type: 'row', collapsed: true });
  });

  it('have their links and switches in the bar, not in the menu of controls that Grafana 13 has', () => {
    for (const { links, templating, annotations } of dashboards) {
      for (const each of [...(links ?? []), ...(annotations.list ?? [])]) {
        expect(each).not.toHaveProperty('placement');
      }
      for (const { hide } of templating.list ?? []) expect(hide ?? 0).toBe(0);
    }
  });
});

describe('the queries', () => {
  const queries = dashboards.flatMap(queriesOf);
  const selected = queries.flatMap(({ place, expression }) =>
    selectedMetrics(fillIn(expression)).map((metric) => ({ place, ...metric })),
  );

  it('ask only for metrics that exist', () => {
    const known = new Set<string>([
      ...metricTable.flatMap(seriesNames),
      ...recorded,
      ...Object.values(foreignMetrics),
    ]);
    expect(selected.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('chart every metric of the table', () => {
    const charted = new Set<string>();
    /** What is asked for by name, or by a rule that records it. */
    const chart = (name: string): void => {
      if (charted.has(name)) return;
      charted.add(name);
      for (const asked of selectedMetrics(expressions.get(name) ?? '0')) chart(asked.name);
    };
    for (const { name } of selected) chart(name);
    const missing = metricTable.filter(
      (metric) => !seriesNames(metric).some((name) => charted.has(name)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('chart every foreign metric that has a name in the code', () => {
    const charted = new Set(selected.map(({ name }) => name));
    expect(Object.values(foreignMetrics).filter((name) => !charted.has(name))).toEqual([]);
  });

  it('take rates of counters alone', () => {
    const gauges = metricTable.filter(({ kind }) => kind === 'gauge').map(({ name }) => name);
    const rated = selected.filter(({ asCounter }) => asCounter);
    expect(rated.length).toBeGreaterThan(20);
    for (const { name, place } of rated) {
      expect(gauges, place).not.toContain(name);
      expect(name, place).toMatch(/_(total|bucket|sum|count)$/);
    }
  });

  it('look back over a variable window, but for those that are shown as they stand', () => {
    const fixed = queries.filter(({ expression }) => /\[\d+[smhd]\]/.test(expression));
    expect(fixed.map(({ expression }) => expression)).toEqual([
      'rate(api_requests_total[1m])',
      'histogram_quantile(0.95, rate(api_request_latency_seconds_bucket[1m]))',
      'histogram_quantile(0.50, rate(api_request_latency_seconds_bucket[1m]))',
      'rate(api_request_latency_seconds_sum[1m]) / rate(api_request_latency_seconds_count[1m])',
    ]);
    expect(queries.map(({ expression }) => expression)).toContain('api_requests_total');
  });
});

function queriesOf(dashboard: Dashboard): readonly DashboardQuery[] {
  return [...panelQueries(dashboard), ...annotationQueries(dashboard)];
}

/** What Prometheus calls the series of a metric. */
function seriesNames({ name, kind }: Queried): readonly string[] {
  return kind === 'histogram' ? SUFFIXES.map((suffix) => name + suffix) : [name];
}

/** The uid of every data source reference, wherever it stands. */
function datasourcesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'datasource' ? [String(inner?.uid)] : datasourcesIn(inner),
  );
}

/** What is read of a graph's own settings, which the SDK leaves open. */
interface Custom {
  readonly drawStyle?: string;
  readonly lineWidth?: number;
  readonly scaleDistribution?: { readonly type: string };
  readonly stacking?: { readonly mode: string };
  readonly thresholdsStyle?: { readonly mode: string };
}

function customOf(panel: Panel): Custom {
  return (panel.fieldConfig?.defaults.custom ?? {}) as Custom;
}

function isLogarithmic(panel: Panel): boolean {
  return customOf(panel).scaleDistribution?.type === 'log';
}

/** Whether a legend has two labels whose values have colours, so that neither decides. */
function hasTwoOf(legend: string, labels: object): boolean {
  return Object.keys(labels).filter((label) => legend.includes(`{{${label}}}`)).length > 1;
}

/** The colour that a panel's overrides give a series. */
function colourOf(panel: Panel, name: string): string | undefined {
  const matching = (panel.fieldConfig?.overrides ?? []).filter(
    ({ matcher }) =>
      matcher.id === 'byRegexp' && new RegExp(String(matcher.options).slice(1, -1)).test(name),
  );
  const colours = matching
    .flatMap(({ properties }) => properties)
    .filter(({ id }) => id === 'color');
  return (colours.at(-1)?.value as { fixedColor?: string } | undefined)?.fixedColor;
}
