/** docs/your-service.md, followed word by word in an empty folder. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { optionsSchema } from 'lambdascope/emulator/options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../tools/freePort.ts';
import { root } from '../tools/root.ts';
import { membersOf } from './processes.ts';

const text = await readFile(join(root, 'docs/your-service.md'), 'utf8');

/** A code block, and the name before it in the same or the previous line, if that is a file. */
const BLOCK = /^(?:[^\n]*?`([\w./]+\.(?:yml|mjs))`[^\n]*:\n\n)?```(\w*)\n(.*?)^```/gms;
const blocks = [...text.matchAll(BLOCK)].map(([, file, language = '', code = '']) => ({
  file,
  language,
  code,
}));

/** What is to be typed, in its order. */
const [pack, install, start, ask, look, dashboards, forecast] = blocks
  .filter(({ language }) => language === 'sh')
  .map(({ code }) => code);
const answer = blocks.find(({ language }) => language === '')?.code;

/** Every version of a file, in its order. */
const versionsOf = (name: string) =>
  blocks.filter(({ file }) => file === name).map(({ code }) => code);

describe('docs/your-service.md', () => {
  let home = '';
  let folder = '';
  let ports = { http: 0, lambda: 0, metrics: 0 };
  let running: ChildProcess | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'lambdascope-docs-'));
    folder = join(home, 'empty');
    await mkdir(folder);
    ports = { http: await freePort(), lambda: await freePort(), metrics: await freePort() };
  });

  afterAll(async () => {
    await stop();
    await rm(home, { recursive: true, force: true });
  });

  /** A home of its own, but npm as it is set up here. */
  const environment = () => ({
    ...process.env,
    npm_config_userconfig: process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc'),
    npm_config_cache: process.env['npm_config_cache'] ?? join(homedir(), '.npm'),
    HOME: home,
    METRICS_PORT: String(ports.metrics),
  });

  /** Types a block, with the ports of this test; gives what is printed. */
  async function type(block = 'exit 1', cwd = folder): Promise<string> {
    const command = block
      .replaceAll('localhost:3000', `localhost:${ports.http}`)
      .replaceAll('localhost:9464', `localhost:${ports.metrics}`);
    const { stdout } = await promisify(execFile)('sh', ['-ec', command], {
      cwd,
      env: environment(),
    });
    return stdout;
  }

  /** Types what starts the emulator, and waits until it is ready. */
  async function startIt(): Promise<void> {
    const command = `${start?.trim()} --httpPort ${ports.http} --lambdaPort ${ports.lambda}`;
    // A group of its own, which gets Ctrl-C as in a terminal.
    const child = spawn('sh', ['-c', command], { cwd: folder, env: environment(), detached: true });
    running = child;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          if (output.includes(`Live page  http://localhost:${ports.metrics}`)) resolve();
        });
      }
      child.once('close', () => reject(new Error(output)));
    });
  }

  async function stop(): Promise<void> {
    const { pid } = running ?? {};
    if (running === undefined || pid === undefined) return;
    const closed = once(running, 'close');
    running = undefined;
    process.kill(-pid, 'SIGINT');
    await closed;
    expect(await membersOf(pid)).toEqual([]);
  }

  it('goes from an empty folder to a counted request', async () => {
    await type(pack, root);
    await type(install);
    for (const file of ['serverless.yml', 'handler.mjs']) {
      await writeFile(join(folder, file), versionsOf(file)[0] ?? '');
    }
    await startIt();
    expect(await type(ask)).toBe('hello');
    expect(await type(look)).toBe(answer);
    const page = await fetch(`http://localhost:${ports.metrics}/`);
    expect(await page.text()).toContain('<title>lambdascope</title>');
    await stop();
  });

  it('adds metrics of its own', async () => {
    const { code: custom = '' } = blocks.find(({ code }) => code.startsWith('custom:')) ?? {};
    await appendFile(join(folder, 'serverless.yml'), custom);
    await writeFile(join(folder, 'metrics.mjs'), versionsOf('metrics.mjs')[0] ?? '');
    await writeFile(join(folder, 'handler.mjs'), versionsOf('handler.mjs')[1] ?? '');
    await startIt();
    const series = (language: string, value: number) =>
      `greetings_total{function="hello",language="${language}"} ${value}\n`;
    const read = async (path: string) =>
      (await fetch(`http://localhost:${ports.metrics}${path}`)).text();
    const before = await read('/metrics');
    expect(before).toContain(series('nl', 0));
    expect(before).toContain(series('en', 0));
    expect(await type(ask)).toBe('hello');
    const after = await read('/metrics');
    expect(after).toContain(series('nl', 0));
    expect(after).toContain(series('en', 1));
    expect(await type(look)).toBe(answer);
    expect(await read('/service')).toContain('"title":"Greetings"');
    await stop();
  });

  it('times a part of a request', async () => {
    await writeFile(join(folder, 'handler.mjs'), versionsOf('handler.mjs')[2] ?? '');
    await startIt();
    expect(await type(ask)).toBe('hello');
    expect(await type(look)).toBe(answer);
    await stop();
  });

  it('forecasts', async () => {
    expect(await type(forecast)).toMatch(/^Forecast of hello: .*\n\n.*cold.*\non demand/);
  });

  it('writes dashboards, rules and alarms', async () => {
    await type(dashboards);
    for (const path of ['grafana/dashboards', 'prometheus/rules', 'cloudwatch.json']) {
      expect(existsSync(join(folder, 'monitoring', path)), path).toBe(true);
    }
  });

  it('has every option in its table, and no other', () => {
    const table = text.slice(text.indexOf('| option'), text.indexOf('Variables, beside those'));
    const options = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(options).toEqual(Object.keys(optionsSchema.properties));
  });
});
