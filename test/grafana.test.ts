/** The committed dashboards and provisioning files hold together: identities, layout, words, names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MetricDefinition, metrics } from '../lib/metrics.ts';
import { foreignMetrics } from '../monitoring/grafana/foreignMetrics.ts';
import { objectiveSeries } from '../monitoring/prometheus/objectiveRules.ts';
import { recordings } from '../monitoring/prometheus/recordingRules.ts';
import {
  annotationQueries,
  committedDashboards,
  type DashboardQuery,
  grafanaFolder,
  panelQueries,
  panelsOf,
  provisioningFile,
  targetsOf,
} from './dashboards.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';
import { fillIn } from './grafanaVariables.ts';
import { selectedMetrics } from './promqlMetrics.ts';

const dashboards = committedDashboards();
const table: readonly MetricDefinition[] = Object.values(metrics);
const recorded = [
  ...Object.values(recordings()).map(({ record }) => record),
  ...Object.values(objectiveSeries),
];
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
        expect(panel.fieldConfig?.defaults.noValue, panel.title).toBeTruthy();
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

describe('the queries', () => {
  const queries = dashboards.flatMap(queriesOf);
  const selected = queries.flatMap(({ place, expression }) =>
    selectedMetrics(fillIn(expression)).map((metric) => ({ place, ...metric })),
  );

  it('ask only for metrics that exist', () => {
    const known = new Set<string>([
      ...table.flatMap(seriesNames),
      ...recorded,
      ...Object.values(foreignMetrics),
    ]);
    expect(selected.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('chart every metric of the table', () => {
    const charted = new Set(selected.map(({ name }) => name));
    const missing = table.filter(
      (metric) => !seriesNames(metric).some((name) => charted.has(name)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('chart every foreign metric that has a name in the code', () => {
    const charted = new Set(selected.map(({ name }) => name));
    expect(Object.values(foreignMetrics).filter((name) => !charted.has(name))).toEqual([]);
  });

  it('take rates of counters alone', () => {
    const gauges = table.filter(({ kind }) => kind === 'gauge').map(({ name }) => name);
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

describe('the provisioning files', () => {
  it('name one Prometheus data source by its fixed uid', () => {
    expect(provisionedDatasource()).toMatchObject({
      uid: 'lambdascope-prometheus',
      type: 'prometheus',
      editable: false,
      jsonData: { timeInterval: scrapeInterval() },
    });
  });

  it('link the alert to a panel of a dashboard that draws its figure', () => {
    const { groups } = provisioningFile('alerting/rules.yaml') as GrafanaTypes['ruleFile'];
    const [rule] = groups[0]?.rules ?? [];
    const dashboard = dashboards.find(({ uid }) => uid === rule?.dashboardUid);
    const panel = dashboard?.panels?.find(({ id }) => id === rule?.panelId);
    expect(panel?.title).toBe('Mean, median, p95 and p99');
    expect(rule?.data.map(({ datasourceUid }) => datasourceUid)).toEqual([
      provisionedDatasource().uid,
      '__expr__',
    ]);
  });

  it('route every alert to a contact point that exists', () => {
    const { contactPoints } = provisioningFile(
      'alerting/contact-points.yaml',
    ) as GrafanaTypes['contactPointFile'];
    const { policies } = provisioningFile('alerting/policies.yaml') as GrafanaTypes['policyFile'];
    expect(contactPoints.map(({ name }) => name)).toContain(policies[0]?.receiver);
  });

  it('hold no secret and no dollar sign that Grafana would expand', () => {
    for (const file of yamlFiles()) {
      const values = JSON.stringify(provisioningFile(file));
      expect(values, file).not.toMatch(/password|token|secret/i);
      expect(values.replaceAll('$$', ''), file).not.toContain('$');
    }
  });
});

function queriesOf(dashboard: Dashboard): readonly DashboardQuery[] {
  return [...panelQueries(dashboard), ...annotationQueries(dashboard)];
}

/** What Prometheus calls the series of a metric. */
function seriesNames({ name, kind }: MetricDefinition): readonly string[] {
  return kind === 'histogram' ? SUFFIXES.map((suffix) => name + suffix) : [name];
}

/** The uid of every data source reference, wherever it stands. */
function datasourcesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'datasource' ? [String(inner?.uid)] : datasourcesIn(inner),
  );
}

function yamlFiles(): readonly string[] {
  const files = readdirSync(join(grafanaFolder, 'provisioning'), { recursive: true });
  return files.map(String).filter((file) => file.endsWith('.yaml'));
}

function provisionedDatasource(): GrafanaTypes['datasourceFile']['datasources'][number] {
  const file = provisioningFile('datasources/prometheus.yaml') as GrafanaTypes['datasourceFile'];
  const [only, ...others] = file.datasources;
  if (only === undefined || others.length > 0) throw new Error('expected one data source');
  return only;
}

function scrapeInterval(): string {
  const file = join(grafanaFolder, '../prometheus/prometheus.yml');
  return parse(readFileSync(file, 'utf8')).global.scrape_interval;
}
