/** What is committed for Grafana fits Grafana's own types. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { committedDashboards, panelsOf, provisioningFile } from './dashboards.ts';
import {
  expectAlertRules,
  expectDashboard,
  expectPanels,
  expectQueries,
  expectType,
  validatorOf,
} from './grafanaSchema.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';

describe.each(
  committedDashboards().map((dashboard) => [dashboard.title ?? '', dashboard] as const),
)('%s', (_, dashboard) => {
  it('is a dashboard', () => expectDashboard(dashboard));
  it('has only panels whose options and fields exist', () => expectPanels(dashboard));
  it('asks in the form of Prometheus queries', () => expectQueries(dashboard));
});

describe('the provisioning files', () => {
  it.each([
    ['datasources/prometheus.yaml', 'datasourceFile'],
    ['dashboards/lambdascope.yaml', 'dashboardFile'],
    ['alerting/rules.yaml', 'ruleFile'],
    ['alerting/contact-points.yaml', 'contactPointFile'],
    ['alerting/policies.yaml', 'policyFile'],
  ] as const)('%s has the documented shape', (file, type) => {
    expectType(type, provisioningFile(file));
  });

  it('alert on a Prometheus query and a threshold on it', () => {
    expectAlertRules(provisioningFile('alerting/rules.yaml') as GrafanaTypes['ruleFile']);
  });
});

describe('the check itself', () => {
  it('finds an option that no panel has', () => {
    const [panel] = panelsOf(committedDashboards()[0] as Dashboard);
    const options = { ...panel?.options, legnd: {} };
    expect(validatorOf('stat')({ options })).toBe(false);
  });
});
