/** Grafana's alert reaches the alert log, in the form that Grafana's documentation gives for webhooks. */
import { describe, expect, it } from 'vitest';
import { describeAlert, type NotifiedAlert, startAlertLog } from '../tools/alertLog.ts';
import { provisioningFile } from './dashboards.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';

type Rule = GrafanaTypes['ruleFile']['groups'][number]['rules'][number];

/** After https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/ */
function notification({ title, labels, annotations }: Rule) {
  const all = { alertname: title, function: 'predict', grafana_folder: 'lambdascope', ...labels };
  return {
    receiver: 'alert-log',
    status: 'firing',
    orgId: 1,
    alerts: [
      {
        status: 'firing',
        labels: all,
        annotations: { ...annotations, summary: 'predict takes 812ms on average' },
        startsAt: '2026-01-01T00:00:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        values: { A: 0.812, B: 1 },
        generatorURL: 'http://localhost:3001/alerting/grafana/lambdascope-mean-latency/view',
        fingerprint: 'c6eadffa33fcdf37',
      },
    ],
    groupLabels: { alertname: title },
    commonLabels: all,
    commonAnnotations: {},
    externalURL: 'http://localhost:3001/',
    version: '1',
    groupKey: '{}:{alertname="Mean latency spike"}',
    truncatedAlerts: 0,
    title: '[FIRING:1] Mean latency spike',
    state: 'alerting',
    message: '**Firing**',
  };
}

describe("Grafana's alert", () => {
  it('is printed with its runbook, as those of Alertmanager are', async () => {
    const { groups } = provisioningFile('alerting/rules.yaml') as GrafanaTypes['ruleFile'];
    const [rule] = groups.flatMap(({ rules }) => rules);
    if (rule === undefined) throw new Error('no rule');
    const received: NotifiedAlert[] = [];
    const log = await startAlertLog({
      port: 0,
      onNotification: ({ alerts }) => received.push(...alerts),
    });
    try {
      const body = JSON.stringify(notification(rule));
      const response = await fetch(log.url, { method: 'POST', body });
      expect(response.status).toBe(200);
    } finally {
      await log.stop();
    }
    expect(received.map(describeAlert)).toEqual([
      'FIRING critical Mean latency spike: predict takes 812ms on average (docs/runbooks.md#meanlatencyhigh)',
    ]);
  });
});
