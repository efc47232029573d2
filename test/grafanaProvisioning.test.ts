/** The committed provisioning files hold together: data source, alert rule, contact points. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  committedDashboards,
  grafanaFolder,
  provisionedDatasource,
  provisioningFile,
} from './dashboards.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';

const dashboards = committedDashboards();

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

function yamlFiles(): readonly string[] {
  const files = readdirSync(join(grafanaFolder, 'provisioning'), { recursive: true });
  return files.map(String).filter((file) => file.endsWith('.yaml'));
}

function scrapeInterval(): string {
  const file = join(grafanaFolder, '../prometheus/prometheus.yml');
  return parse(readFileSync(file, 'utf8')).global.scrape_interval;
}
