import { afterEach, expect, it } from 'vitest';
import { type AlertLog, describeAlert, type Notification, startAlertLog } from './alertLog.ts';

const alert = {
  status: 'firing',
  labels: { alertname: 'MeanLatencyHigh', severity: 'critical', function: 'predict' },
  annotations: {
    summary: 'predict takes 1.2s on average',
    runbook_url: 'docs/runbooks.md#meanlatencyhigh',
  },
} as const;

let log: AlertLog | undefined;
afterEach(() => log?.stop());

it('describes an alert in one line', () => {
  expect(describeAlert(alert)).toBe(
    'FIRING critical MeanLatencyHigh: predict takes 1.2s on average (docs/runbooks.md#meanlatencyhigh)',
  );
});

it('describes an alert of Grafana that has no runbook', () => {
  const { summary } = alert.annotations;
  expect(describeAlert({ ...alert, annotations: { summary } })).toBe(
    'FIRING critical MeanLatencyHigh: predict takes 1.2s on average',
  );
});

it('lets no label steer the terminal', () => {
  const labels = { ...alert.labels, alertname: 'a\u001b[2J\nb' };
  expect(describeAlert({ ...alert, labels })).toContain('a [2J b');
});

it('takes notifications, refuses anything else and goes on', async () => {
  const taken: Notification[] = [];
  log = await startAlertLog({ port: 0, onNotification: (each) => taken.push(each) });
  const notification = { status: 'firing', receiver: 'page', alerts: [alert] };
  for (const body of ['', '{', 'null', '[]', '{"alerts":1}']) {
    expect((await fetch(log.url, { method: 'POST', body })).status, body).toBe(400);
  }
  const body = JSON.stringify(notification);
  expect((await fetch(log.url, { method: 'POST', body })).status).toBe(200);
  expect(taken).toEqual([notification]);
});
