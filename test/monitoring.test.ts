/** `npm run monitoring` as a user meets it: it starts what is installed, says what is wrong, and stops cleanly. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freePorts } from '../tools/freePort.ts';
import { root } from '../tools/root.ts';
import { eventually } from './eventually.ts';
import { aliveOf, childrenOf, descendantsOf } from './processes.ts';
import { prometheusClient } from './prometheusClient.ts';
import { missing } from './servers.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const running = new Set<ChildProcess>();
/** What a test started by way of others, which may fail to end it. */
let all: readonly number[] = [];

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  for (const pid of await aliveOf(all)) process.kill(pid, 'SIGKILL');
  all = [];
});

describe.skipIf(missing('prometheus', 'prometheus-pushgateway', 'prometheus-alertmanager'))(
  'npm run monitoring',
  () => {
    it('starts the stack, which finds its parts, and keeps its data until the next time', async () => {
      const ports = await stackPorts();
      const pushgateway = `http://127.0.0.1:${ports.PUSHGATEWAY_PORT}`;
      const prometheus = `http://127.0.0.1:${ports.PROMETHEUS_PORT}`;
      const first = await started(ports);
      expect(first.output()).toContain(prometheus);
      const programs = await childrenOf(first.child.pid);
      expect(programs).toHaveLength(3);

      const body = 'api_requests_total 7\n';
      await fetch(`${pushgateway}/metrics/job/lambdascope`, { method: 'PUT', body });
      await eventually(async () => {
        expect(await byJob(prometheus, 'sum by (job) (up)')).toEqual({
          alertmanager: 1,
          prometheus: 1,
          pushgateway: 1,
        });
        // With its own job, not the Pushgateway's.
        expect(await byJob(prometheus, 'api_requests_total')).toEqual({ lambdascope: 7 });
        expect(
          await byJob(prometheus, 'push_time_seconds > bool push_failure_time_seconds'),
        ).toEqual({ lambdascope: 1 });
      });
      await eventually(async () => {
        const alertmanagers = await fetch(`${prometheus}/api/v1/alertmanagers`);
        expect(await alertmanagers.text()).toContain(
          `"activeAlertmanagers":[{"url":"http://127.0.0.1:${ports.ALERTMANAGER_PORT}/api/v2/alerts"}]`,
        );
      });

      first.child.kill('SIGINT');
      expect(await first.exited).toBe(0);
      expect(first.output()).toContain('Stopped.');
      expect(await aliveOf(programs)).toEqual([]);

      await started(ports);
      expect(await byJob(prometheus, 'last_over_time(api_requests_total[5m])')).toEqual({
        lambdascope: 7,
      });
      expect(await (await fetch(`${pushgateway}/metrics`)).text()).toMatch(
        /^api_requests_total.* 7$/m,
      );
    });

    it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
      'ends when npm alone gets %s',
      async (signal) => {
        const { child } = await started(await stackPorts(), ['npm', 'run', 'monitoring']);
        all = await descendantsOf(child.pid);
        expect(all.length).toBeGreaterThan(3);
        child.kill(signal);
        await eventually(async () => expect(await aliveOf(all)).toEqual([]));
      },
    );

    it.skipIf(missing('script'))('ends when its terminal is closed', async () => {
      const command = `${process.execPath} tools/monitoring.ts`;
      const { child } = await started(await stackPorts(), ['script', '-qec', command, '/dev/null']);
      all = await descendantsOf(child.pid);
      expect(all.length).toBeGreaterThan(3);
      child.kill('SIGKILL');
      await eventually(async () => expect(await aliveOf(all)).toEqual([]));
    });

    it('ends with the reason when one of its programs ends', async () => {
      const { child, exited, output } = await started(await stackPorts());
      const [pushgateway, ...others] = await childrenOf(child.pid);
      process.kill(pushgateway ?? 0, 'SIGKILL');
      expect(await exited).toBe(1);
      expect(output()).toMatch(/Pushgateway ended with SIGKILL\. The end of .*pushgateway\.log/);
      expect(await aliveOf(others)).toEqual([]);
    });

    it('names a taken port and the variable that moves it, and starts nothing', async () => {
      const ports = await stackPorts();
      const taken = createServer().listen(Number(ports.ALERTMANAGER_PORT), '127.0.0.1');
      const { exited, output } = run(ports);
      expect(await exited).toBe(1);
      expect(output().trim()).toBe(
        `Port ${ports.ALERTMANAGER_PORT} (Alertmanager) is taken. Free it, or set ALERTMANAGER_PORT to another port.`,
      );
      taken.close();
    });

    it('gives Grafana the provisioned data source and dashboards, where it is installed', async () => {
      const ports = await stackPorts();
      const { output } = await started({
        ...ports,
        PATH: [join(root, 'test/fixtures'), process.env['PATH']].join(delimiter),
        GRAFANA_ADMIN_PASSWORD: 'a-password-of-this-test',
      });
      expect(output()).toContain(`Grafana       http://127.0.0.1:${ports.GRAFANA_PORT}`);
      expect(output()).not.toContain('a-password-of-this-test');

      const { settings } = JSON.parse(readFileSync(join(folder, 'grafana/started.json'), 'utf8'));
      expect(settings).toMatchObject({
        GF_SERVER_HTTP_ADDR: '127.0.0.1',
        GF_SECURITY_ADMIN_PASSWORD: 'a-password-of-this-test',
        GF_AUTH_ANONYMOUS_ENABLED: 'false',
        GF_USERS_ALLOW_SIGN_UP: 'false',
      });
      const provisioned = (file: string) =>
        parse(readFileSync(join(settings.GF_PATHS_PROVISIONING, file), 'utf8'));
      expect(provisioned('datasources/prometheus.yaml').datasources[0].url).toBe(
        `http://127.0.0.1:${ports.PROMETHEUS_PORT}`,
      );
      expect(provisioned('dashboards/lambdascope.yaml').providers[0].options.path).toBe(
        join(root, 'monitoring/grafana/dashboards'),
      );
    });
  },
);

it('says what is not installed and how to get it', async () => {
  const { exited, output } = run({ ...(await stackPorts()), PATH: dirname(process.execPath) });
  expect(await exited).toBe(1);
  expect(output()).toContain('Not on the PATH: Pushgateway, Alertmanager, Prometheus.');
  expect(output()).toContain('apt-get install prometheus');
});

type Command = readonly [string, ...string[]];

interface Run {
  readonly child: ChildProcess;
  /** Its exit code, once all that it printed has come. */
  readonly exited: Promise<number | null>;
  output(): string;
}

function run(
  env: Readonly<Record<string, string>>,
  [command, ...args]: Command = [process.execPath, 'tools/monitoring.ts'],
): Run {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, MONITORING_FOLDER: folder, ...env },
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  child.once('exit', () => running.delete(child));
  const exited = once(child, 'close').then(([code]) => code);
  return { child, exited, output: () => output };
}

async function started(env: Readonly<Record<string, string>>, command?: Command): Promise<Run> {
  const it = run(env, command);
  await eventually(() => {
    if (!it.output().includes('is ready')) throw new Error(it.output());
  });
  return it;
}

function stackPorts() {
  return freePorts(
    'PUSHGATEWAY_PORT',
    'PROMETHEUS_PORT',
    'ALERTMANAGER_PORT',
    'ALERT_LOG_PORT',
    'GRAFANA_PORT',
  );
}

/** Values of an instant query, by job. */
async function byJob(prometheus: string, expression: string): Promise<Record<string, number>> {
  const series = await prometheusClient(prometheus).now(expression);
  return Object.fromEntries(series.map(({ labels, values }) => [labels['job'], values[0]]));
}
