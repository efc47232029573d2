/**
 * Alerts for real: the emulator with a slow handler, Pushgateway, Prometheus and Alertmanager, as a
 * user has them, but for the clock. The rules come from the same code with windows of seconds, for
 * the product's own would take minutes; promtool tests those.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRuleFile } from 'lambdascope/dashboards/prometheus/ruleFile';
import { alertRuleGroups } from 'lambdascope/dashboards/prometheus/ruleFiles';
import { recordingGroups } from 'lambdascope/dashboards/recordings';
import { thresholdsWith } from 'lambdascope/dashboards/thresholds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { service as product } from '../monitoring/generatedFiles.ts';
import type { Notification, NotifiedAlert } from '../tools/alertLog.ts';
import { freePort } from '../tools/freePort.ts';
import { type Stack, startStack } from '../tools/monitoring/stack.ts';
import { copyTroubledService, type ServiceCopy } from '../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { startProgram } from './program.ts';
import { missing } from './servers.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const hasStack = !missing('prometheus', 'prometheus-pushgateway', 'prometheus-alertmanager');

/** Seconds instead of a minute. */
const quick = {
  ...product,
  thresholds: thresholdsWith({ meanLatency: { windowSeconds: 5, forSeconds: 3 } }),
};

describe.skipIf(!hasStack)('a slow handler', () => {
  const folder = temporaryFolder();
  const notifications: Notification[] = [];
  let service: ServiceCopy;
  let stack: Stack;
  let emulator: Emulator;

  beforeAll(async () => {
    service = await copyTroubledService();
    const rules = join(folder, 'rules.yml');
    const groups = [...recordingGroups(quick), ...alertRuleGroups(quick)];
    writeFileSync(rules, renderRuleFile('this test', 'With windows of seconds.', groups));
    const pushgateway = await freePort();
    stack = await startStack({
      ports: { pushgateway, alertmanager: await freePort(), prometheus: await freePort() },
      alertLogPort: 0,
      folder,
      edits: { prometheus: (config) => everySecond(config, rules), alertmanager: atOnce },
      onNotification: (notification) => notifications.push(notification),
    });
    emulator = await startEmulator({
      cwd: service.folder,
      env: { PUSHGATEWAY_PORT: String(pushgateway) },
    });
  });

  afterAll(async () => {
    await emulator?.stop();
    await stack?.stop();
    await service?.remove();
  });

  it('is told to the webhook while it lasts, and no longer', async () => {
    const firing = await eventually(async () => {
      await call('/?wait=700');
      return told('MeanLatencyHigh', 'firing');
    });
    expect(firing.receiver).toBe('page');
    expect(firing.alert.labels).toEqual({
      alertname: 'MeanLatencyHigh',
      function: 'health',
      severity: 'critical',
    });
    expect(firing.alert.annotations['summary']).toMatch(/^health takes [\d.]+m?s on average$/);
    expect(firing.alert.annotations['runbook_url']).toBe('docs/runbooks.md#meanlatencyhigh');

    const resolved = await eventually(async () => {
      await call('/');
      return told('MeanLatencyHigh', 'resolved');
    });
    expect(resolved.alert.labels).toEqual(firing.alert.labels);
  });

  async function call(path: string): Promise<void> {
    const response = await fetch(emulator.url + path);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  }

  /** The last word on an alert. @throws Error while it is another one. */
  function told(
    name: string,
    status: NotifiedAlert['status'],
  ): { readonly receiver: string; readonly alert: NotifiedAlert } {
    const last = notifications
      .flatMap(({ receiver, alerts }) => alerts.map((alert) => ({ receiver, alert })))
      .findLast(({ alert }) => alert.labels['alertname'] === name);
    if (last?.alert.status !== status) throw new Error(`${name} is not ${status}`);
    return last;
  }
});

describe.skipIf(missing('prometheus-alertmanager'))('of two alerts on one trouble', () => {
  const mean = { alertname: 'MeanLatencyHigh', severity: 'critical', function: 'predict' };
  const p95 = { alertname: 'P95LatencyHigh', severity: 'warning', function: 'predict' };
  const fast = { alertname: 'AvailabilityBudgetBurnsFast', objective: 'availability' };
  const slow = { alertname: 'AvailabilityBudgetBurnsSlowly', objective: 'availability' };
  const down = { alertname: 'MetricsTargetDown', job: 'pushgateway' };

  it.each([
    ['the mean silences the 95th percentile', mean, p95, 'suppressed'],
    ['but not that of another function', mean, { ...p95, function: 'health' }, 'active'],
    ['a fast burn silences a slow one', fast, slow, 'suppressed'],
    ['but not that of another objective', fast, { ...slow, objective: 'latency' }, 'active'],
    [
      'a lost Pushgateway silences stale metrics',
      down,
      { alertname: 'MetricsPushStale' },
      'suppressed',
    ],
    [
      'but another lost target does not',
      { ...down, job: 'cadvisor' },
      { alertname: 'MetricsPushStale' },
      'active',
    ],
  ])('%s', async (_, worse, lesser, state) => {
    const alertmanager = await startProgram('alertmanager');
    try {
      const alerts = `${alertmanager.url}/api/v2/alerts`;
      const body = JSON.stringify([{ labels: worse }, { labels: lesser }]);
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(alerts, { method: 'POST', headers, body })).status).toBe(200);
      await eventually(async () => {
        const known = (await (await fetch(alerts)).json()) as { labels: object; status: object }[];
        expect(known).toContainEqual(
          expect.objectContaining({
            labels: lesser,
            status: expect.objectContaining({ state }),
          }),
        );
      });
    } finally {
      await alertmanager.stop();
    }
  });
});

/** Scrapes and evaluates every second, with the rules of a file. */
function everySecond(source: string, rules: string): string {
  const config = parse(source);
  const global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  return stringify({ ...config, global, rule_files: [rules] });
}

/** Tells of an alert as soon as it is known. */
function atOnce(source: string): string {
  const config = parse(source);
  const routes = config.route.routes.map((route: object) => ({ ...route, group_wait: '0s' }));
  return stringify({ ...config, route: { ...config.route, group_interval: '1s', routes } });
}
