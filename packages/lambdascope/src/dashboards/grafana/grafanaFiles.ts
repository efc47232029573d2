/** The files that Grafana provisions itself from. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { GeneratedFile } from '../generatedFile.ts';
import type { ServiceDescription } from '../service.ts';
import { renderAlertRules } from './alertRule.ts';
import { coldStarts } from './coldStarts.ts';
import { latency } from './latency.ts';
import { overview } from './overview.ts';
import { ownMetrics } from './ownMetrics.ts';
import { resources } from './resources.ts';

/** Every dashboard of a service. */
export function dashboards(service: ServiceDescription): readonly Dashboard[] {
  const own = ownMetrics(service);
  return [
    overview(service),
    latency(service),
    coldStarts(service),
    resources(service),
    ...(own ? [own] : []),
  ];
}

/**
 * Dashboards, and Grafana's own alerts.
 *
 * @param command what writes the files
 */
export function grafanaFiles(
  service: ServiceDescription,
  command: string,
  boards: readonly Dashboard[] = dashboards(service),
): GeneratedFile[] {
  return [
    ...boards.map((board) => ({
      path: `grafana/dashboards/${board.uid}.json`,
      content: `${JSON.stringify(board, null, 2)}\n`,
    })),
    {
      path: 'grafana/provisioning/alerting/rules.yaml',
      content: renderAlertRules(service, command),
    },
  ];
}
