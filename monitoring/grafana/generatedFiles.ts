/** The files that are committed for Grafana to provision itself from. */
import { renderAlertRules } from './alertRule.ts';
import { coldStarts } from './coldStarts.ts';
import { latency } from './latency.ts';
import { model } from './model.ts';
import { overview } from './overview.ts';
import { resources } from './resources.ts';

/** Every dashboard, in the order of the links between them. */
export const dashboards = [overview, latency, coldStarts, model, resources] as const;

/** Each file by its path from the root of the repository. */
export const grafanaFiles = [
  ...dashboards.map((dashboard) => ({
    path: `monitoring/grafana/dashboards/${dashboard.uid}.json`,
    render: () => `${JSON.stringify(dashboard, null, 2)}\n`,
  })),
  { path: 'monitoring/grafana/provisioning/alerting/rules.yaml', render: renderAlertRules },
];
