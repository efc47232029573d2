import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tools/root.ts';
import { composeImages, readComposeFile } from './composeFile.ts';
import { aboutContainers, committedDashboards, panelQueries, tourBlocks } from './dashboards.ts';
import { type DockerEngine, enginePrograms, startDockerEngine } from './dockerEngine.ts';
import { eventually } from './eventually.ts';
import { fillIn } from './grafanaVariables.ts';
import { goProgram, missingGo } from './programs/folder.ts';
import { missing } from './servers.ts';
import { imagePrograms, makeStandInImages, pinnedImagePrograms } from './standInImages.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const run = promisify(execFile);

/** All but Grafana, which cannot be had here. */
const services = ['api', 'alert-log', 'pushgateway', 'prometheus', 'alertmanager', 'cadvisor'];
const API = 'http://127.0.0.1:3000';
const PROMETHEUS = 'http://127.0.0.1:9090';
const KEY = 'a-key-of-this-test';
const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const MINUTES = 60_000;
const CPU = 'container_cpu_usage_seconds_total';

/** What panels and the tour ask of containers. */
const containerQueries = committedDashboards().flatMap(panelQueries).filter(aboutContainers);
const tourQueries = tourBlocks().filter((expression) => aboutContainers({ expression }));

/** The query at a place, `panel / refId`. */
function expressionOf(place: string): string {
  const query = containerQueries.find((each) => each.place.endsWith(`/ ${place}`));
  if (query === undefined) throw new Error(`no query ${place}`);
  return query.expression;
}

function cannotRun(): boolean {
  if (process.getuid?.() !== 0) {
    console.log('skipped: a Docker engine of its own needs root');
    return true;
  }
  return (
    missing(...enginePrograms, ...imagePrograms, 'docker-compose', 'ss', 'curl') ||
    missingGo('docker-compose', ...pinnedImagePrograms)
  );
}

describe.skipIf(cannotRun())('docker-compose.yml on a real engine', () => {
  const folder = temporaryFolder();
  let engine: DockerEngine;
  let composeProgram = goProgram('docker-compose');

  async function compose(...args: readonly string[]): Promise<string> {
    const env = {
      ...engine.env,
      API_KEY: KEY,
      GRAFANA_ADMIN_PASSWORD: 'a-password-of-this-test',
      COMPOSE_PROJECT_NAME: 'lambdascope',
    };
    try {
      const options = { cwd: root, env, maxBuffer: 2 ** 26 };
      return (await run(composeProgram, args, options)).stdout;
    } catch (cause) {
      // What a build step said is on the standard output, which the error leaves out.
      const { stdout } = cause as { stdout: string };
      throw new Error(`docker-compose ${args.join(' ')}:\n${stdout.slice(-4000)}`, { cause });
    }
  }

  /** Starts services and waits until each says that it is healthy. */
  async function up(...names: readonly string[]): Promise<void> {
    await compose('up', '--detach', ...names).catch(async (cause) => {
      throw new Error(await compose('logs', '--tail', '20'), { cause });
    });
    for (const name of names) {
      await eventually(async () => {
        const state = await inspect(name, '{{.State.Health.Status}}');
        if (state !== 'healthy') throw new Error(`${name} is ${state}`);
      });
    }
  }

  /** Id of the container of a service, also of a stopped one. */
  async function container(service: string): Promise<string> {
    const filter = `label=com.docker.compose.service=${service}`;
    return (await engine.docker('ps', '--all', '--quiet', '--filter', filter)).trim();
  }

  async function inspect(service: string, format: string): Promise<string> {
    return (await engine.docker('inspect', '--format', format, await container(service))).trim();
  }

  async function readFiles(service: string, ...paths: readonly string[]): Promise<string> {
    return engine.docker('exec', await container(service), 'cat', ...paths);
  }

  /** Sends the same request a number of times from where the published ports are; the last answer. */
  async function request(
    url: string,
    { body, times = 1 }: { body?: unknown; times?: number } = {},
  ): Promise<{ status: number; body: string }> {
    const script = `
      const [url, key, body, times] = process.argv.slice(1);
      const init = body ? { method: 'POST', body, headers: { 'x-api-key': key, 'content-type': 'application/json' } } : {};
      let answer;
      for (let i = 0; i < Number(times); i++) {
        const response = await fetch(url, init);
        answer = { status: response.status, body: await response.text() };
      }
      console.log(JSON.stringify(answer));`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const args = ['--input-type=module', '--eval', script, url, KEY, text, String(times)];
    return JSON.parse(await engine.inNetwork(process.execPath, ...args));
  }

  /** The values of a PromQL query, by what one label says. */
  async function query(promql: string, label = '__name__'): Promise<Record<string, number>> {
    const { body } = await request(
      `${PROMETHEUS}/api/v1/query?query=${encodeURIComponent(promql)}`,
    );
    const { data } = JSON.parse(body) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return Object.fromEntries(
      data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]),
    );
  }

  /** The labels and last values of what a query about containers gives, as its panel asks it. */
  async function ofContainers(expression: string): Promise<Record<string, number>> {
    // Short, so that the window is soon full of samples.
    return query(fillIn(expression, { interval: '15s' }), 'container');
  }

  /** Seconds of CPU that the kernel has counted for a container. */
  async function cpuSeconds(service: string): Promise<number> {
    // By control groups of version 1 in nanoseconds, by version 2 in microseconds among others.
    const script = 'cat /sys/fs/cgroup/cpuacct/cpuacct.usage || cat /sys/fs/cgroup/cpu.stat';
    const text = await engine.docker('exec', await container(service), 'sh', '-c', script);
    const [, microseconds] = /^usage_usec (\d+)/m.exec(text) ?? [];
    return microseconds === undefined ? Number(text) / 1e9 : Number(microseconds) / 1e6;
  }

  /** Addresses that TCP servers listen on, as the machine sees them. */
  async function listening(): Promise<string[]> {
    const lines = (await engine.inNetwork('ss', '-Hltn')).trim().split('\n');
    return lines.map((line) => line.split(/\s+/)[3] ?? '');
  }

  beforeAll(async () => {
    engine = await startDockerEngine();
    await makeStandInImages(engine, await composeImages());
    await compose('build');
    await up(...services);
  }, 10 * MINUTES);

  afterAll(async () => {
    await engine?.stop();
  });

  it('answers a prediction', async () => {
    const { status, body } = await request(`${API}/predict`, { body: SETOSA });
    expect(status, body).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ prediction: 'setosa' });
  });

  it('answers other containers by its name, but for the endpoint that asks for no key', async () => {
    const script = `
      const ask = (port) => fetch('http://api:' + port).then(({ status }) => status, () => 'nothing');
      console.log(JSON.stringify(await Promise.all([3000, 9464, 3002].map(ask))));`;
    const node = ['node', '--input-type=module', '--eval', script];
    const answers = await engine.docker('exec', await container('alert-log'), ...node);

    expect(JSON.parse(answers)).toEqual([200, 200, 'nothing']);
  });

  it('is scraped by Prometheus', async () => {
    const expected = { pushgateway: 1, prometheus: 1, alertmanager: 1 };

    await eventually(async () => expect(await query('up', 'job')).toMatchObject(expected));
  });

  it('shows traffic in queries', async () => {
    await request(`${API}/predict`, { body: SETOSA, times: 20 });

    await eventually(async () => {
      const seen = await query('sum by (class) (model_predictions_total)', 'class');
      expect(seen).toMatchObject({ setosa: 21, versicolor: 0, virginica: 0 });
    });
  });

  it('shows the API in every panel about containers', async () => {
    expect(containerQueries).toHaveLength(6);
    for (const { place, expression } of containerQueries) {
      await eventually(async () =>
        expect(Object.keys(await ofContainers(expression)), place).toEqual(['lambdascope-api-1']),
      );
    }
  });

  it('leaves no query of the tour about containers without an answer', async () => {
    expect(tourQueries.length).toBeGreaterThan(0);
    for (const asked of tourQueries) expect(await query(asked), asked).not.toEqual({});
  });

  it('counts CPU as the kernel does', async () => {
    const least = await cpuSeconds('api');
    const counted = await eventually(async () => {
      const { [CPU]: value = 0 } = await query(`${CPU}{name="lambdascope-api-1"}`);
      expect(value).toBeGreaterThanOrEqual(least);
      return value;
    });

    expect(counted).toBeLessThanOrEqual(await cpuSeconds('api'));
  });

  it('knows how much memory the API may use, and its share of that', async () => {
    const of = (place: string) => ofContainers(expressionOf(place));
    const { 'lambdascope-api-1': limit } = await of('Memory / B');
    const { 'lambdascope-api-1': used = 0 } = await of('Memory / A');
    const { 'lambdascope-api-1': share = 0 } = await of('Memory, share of its limit / A');

    expect(limit).toBe(3 * 2 ** 30);
    expect(used).toBeGreaterThan(50 * 2 ** 20);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  });

  it('shows every container by its id where cAdvisor cannot tell names', async () => {
    const { services: all } = await readComposeFile();
    await compose('stop', 'cadvisor');
    // Without Docker's socket it knows control groups alone.
    const nameless = await engine.docker(
      ...['run', '--detach', '--user', '0:0', '--volume', '/sys/fs/cgroup:/sys/fs/cgroup:ro'],
      ...['--network', 'lambdascope_containers', '--network-alias', 'cadvisor'],
      ...[
        all['cadvisor']?.image ?? '',
        '--enable_metrics=cpu,memory',
        '--housekeeping_interval=5s',
      ],
    );
    try {
      const ids = (await engine.docker('ps', '--quiet')).trim().split('\n');
      await eventually(async () => {
        const shown = Object.keys(await ofContainers(expressionOf('CPU / A')));
        expect(shown.sort()).toEqual(ids.toSorted());
      });
    } finally {
      await engine.docker('rm', '--force', nameless.trim());
      await up('cadvisor');
    }
  });

  it('runs every container without capabilities or a writable root, and all but cAdvisor without root', async () => {
    for (const service of services) {
      const state = await readFiles(service, '/proc/1/status', '/proc/1/mountinfo');
      if (service !== 'cadvisor') expect(state, service).not.toMatch(/^Uid:.*\s0\b/m);
      expect(state, service).toMatch(/^CapEff:\s0+$/m);
      expect(state, service).toMatch(/^CapBnd:\s0+$/m);
      expect(state, service).toMatch(/^NoNewPrivs:\s1$/m);
      expect(state, service).toMatch(/ \/ \/ ro,/);
    }
  });

  it('has in the image of the API neither secrets nor sources nor what built them', async () => {
    const listing = await engine.docker(
      'exec',
      await container('api'),
      'ls',
      '-A',
      '/app',
      '/app/node_modules',
    );

    expect(listing).toMatch(/^dist$/m);
    expect(listing).not.toMatch(/^(\.env|functions|typescript|vitest|playwright-core)$/m);
  });

  it('keeps the key out of its log', async () => {
    const log = await engine.docker('logs', await container('api'));

    expect(log).toContain('lambdascope is ready');
    expect(log).not.toContain(KEY);
  });

  it('opens no port outside loopback', async () => {
    const open = await listening();
    for (const port of ['3000', '9464', '9091', '9090', '9093', '8080']) {
      expect(open).toContain(`127.0.0.1:${port}`);
    }
    expect(open.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it(
    'keeps its data through down and up',
    async () => {
      const before = Date.now() / 1000;
      await compose('down');
      await up(...services);

      const { setosa } = await query(
        `sum by (class) (model_predictions_total @ ${before})`,
        'class',
      );
      expect(setosa).toBe(21);
    },
    3 * MINUTES,
  );

  it('opens one port to others, with TLS, under the profile tls', async () => {
    await compose('--profile', 'tls', 'up', '--detach', 'caddy');
    const authority = join(folder, 'root.crt');
    await eventually(async () => {
      const path = '/data/caddy/pki/authorities/local/root.crt';
      writeFileSync(authority, await readFiles('caddy', path));
      const answer = await engine.inNetwork(
        'curl',
        '-sSf',
        '--cacert',
        authority,
        'https://localhost/',
      );
      expect(JSON.parse(answer)).toMatchObject({ status: 'ok' });
    });

    const open = (await listening()).filter((address) => !address.startsWith('127.0.0.1:'));
    expect(new Set(open)).toEqual(new Set(['0.0.0.0:443', '[::]:443']));
  });

  it('ends the API cleanly, well before Docker would kill it', async () => {
    await compose('stop', 'api');

    expect(await inspect('api', '{{.State.ExitCode}}')).toBe('0');
  });

  it(
    'runs with docker-compose 1.29 too',
    async () => {
      await compose('--profile', 'tls', 'down');
      composeProgram = 'docker-compose';
      await up(...services);

      const { status, body } = await request(`${API}/predict`, { body: SETOSA });
      expect(status, body).toBe(200);
    },
    3 * MINUTES,
  );
});
