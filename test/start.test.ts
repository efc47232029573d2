import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../lib/artifact.ts';
import { emulatorPorts } from '../tools/freePort.ts';
import { root } from '../tools/root.ts';
import { copyService, type ServiceCopy } from '../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { startServer } from './localServer.ts';
import { childrenOf, membersOf } from './processes.ts';

const osls = join(root, 'node_modules/serverless/bin/serverless.js');
/** Runs `sls` in a folder to its end. */
function sls(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  return run(osls, cwd, args, env);
}

/** Runs a program in a folder to its end. */
function run(
  program: string,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
      },
    );
  });
}

/** An artifact hashed anew without one of its numbers. */
function withoutThreshold(text: string): string {
  const artifact = JSON.parse(text);
  artifact.content.outOfDistribution.threshold = null;
  return JSON.stringify({ ...artifact, sha256: contentHash(artifact.content) });
}

describe('sls offline', () => {
  let copy: ServiceCopy;
  let emulator: Emulator;

  beforeAll(async () => {
    copy = await copyService();
    // Empty, so that the key comes from .env.
    emulator = await startEmulator({ cwd: copy.folder, env: { API_KEY: '' } });
  });

  afterAll(async () => {
    await emulator?.stop();
    await copy?.remove();
  });

  it('makes .env with a random key that only its owner can read', async () => {
    const path = join(copy.folder, '.env');
    expect(await readFile(path, 'utf8')).toMatch(/^API_KEY=[0-9a-f]{40}$/m);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps a key that it was given to itself, and prints a curl line that reads it', async () => {
    const given = await startEmulator();
    try {
      expect(given.output()).toContain('lambdascope is ready');
      expect(given.output()).not.toContain(given.key);
      const line = given.output().match(/^ {2}(curl .*)$/m)?.[1] ?? '';
      const { stdout } = await promisify(execFile)('sh', ['-c', line], {
        env: { ...process.env, API_KEY: given.key },
      });
      expect(JSON.parse(stdout)).toMatchObject({ prediction: 'setosa' });
    } finally {
      await given.stop();
    }
  });

  it('serves a change at the next request', async () => {
    const path = join(copy.folder, 'lib/service.ts');
    const source = await readFile(path, 'utf8');
    await writeFile(path, source.replace('packageJson.version', "'9.9.9'"));
    // The request after the one that the file system's notice may have missed.
    await eventually(async () => {
      const health = await (await fetch(`${emulator.url}/`)).json();
      expect(health).toMatchObject({ version: '9.9.9' });
    });
  });

  it('keeps serving the build before when a change does not compile, and says why', async () => {
    const path = join(copy.folder, 'functions/health.ts');
    await writeFile(path, `${await readFile(path, 'utf8')}\n)`);
    await eventually(() => expect(emulator.output()).toContain('Still serving the build before.'));
    expect(emulator.output()).toMatch(/functions\/health\.ts:\d+:\d+: ERROR/);
    expect((await fetch(`${emulator.url}/`)).status).toBe(200);
  });

  it('stops on Ctrl-C with exit code 0, and frees its ports', async () => {
    expect(await emulator.stop()).toBe(0);
    await expect(fetch(`${emulator.url}/`)).rejects.toThrow();
    await expect(fetch(`${emulator.metricsUrl}/`)).rejects.toThrow();
  });
});

describe('sls offline in a folder where it has run', () => {
  let copy: ServiceCopy;

  /** Starts and stops it; when the functions were built. */
  async function startOnce(): Promise<number> {
    const emulator = await startEmulator({ cwd: copy.folder });
    expect((await fetch(`${emulator.url}/`)).status).toBe(200);
    await emulator.stop();
    return (await stat(join(copy.folder, 'dist/.built'))).mtimeMs;
  }

  /** Changes a file of the service. */
  async function edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(copy.folder, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  beforeAll(async () => {
    copy = await copyService();
  });

  afterAll(async () => {
    await copy?.remove();
  });

  it('builds what has changed meanwhile, and nothing else', async () => {
    const first = await startOnce();
    expect(await startOnce()).toBe(first);

    await edit('functions/health.ts', (text) => `${text}\n`);
    expect(await startOnce()).toBeGreaterThan(first);
    await rm(join(copy.folder, 'model/artifact.json'));
    const { code, output } = await sls(copy.folder, ['offline'], await emulatorPorts());
    expect(code).toBe(1);
    expect(output).toContain('model/artifact.json');
  });

  it('refuses a configuration that was valid before, at every start', async () => {
    await edit('serverless.yml', (text) => text.replace('memorySize: 256', 'memorySize: little'));
    for (let start = 0; start < 2; start += 1) {
      const { code, output } = await sls(copy.folder, ['offline'], await emulatorPorts());
      expect(code).toBe(1);
      expect(output).toContain('Configuration error');
      expect(output).toContain('functions.health.memorySize');
    }
  });
});

describe('sls offline that cannot start', () => {
  it.each(['API_PORT', 'LAMBDA_PORT', 'METRICS_PORT'])(
    'names the taken port and %s, in one line',
    async (variable) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const taken = typeof address === 'object' ? String(address?.port) : '';
      const ports = { ...(await emulatorPorts()), [variable]: taken };
      const { code, output } = await sls(root, ['offline'], ports);
      server.close();
      expect(code).toBe(1);
      expect(output.trim()).toMatch(
        new RegExp(`^Port ${taken} \\(.*\\) is taken\\. .*${variable}.*$`),
      );
    },
  );

  it.each(['http://api.example', 'api.example:3000', '*', 'a b'])(
    'says in one line that ALLOWED_HOSTS=%s holds no names',
    async (value) => {
      const ports = await emulatorPorts();
      const { code, output } = await sls(root, ['offline'], { ...ports, ALLOWED_HOSTS: value });
      expect(code).toBe(1);
      expect(output.trim()).toBe(
        `ALLOWED_HOSTS=${value} is not a list of hosts. Set it to names without ports, with commas between, or unset it.`,
      );
    },
  );

  it.each(['abc', '-1', '0', '1e-9', 'Infinity', '2147484'])(
    'refuses IDLE_SECONDS=%s in one line that says what may be',
    async (value) => {
      const { code, output } = await sls(root, ['offline'], { IDLE_SECONDS: value });
      expect(code).toBe(1);
      expect(output.trim()).toBe(
        `IDLE_SECONDS=${value} is not a time. Set it to a number of seconds from 0.1 to 2147483, or unset it for 15.`,
      );
    },
  );

  it.each([
    ['sls offline', 'node_modules/serverless/bin/serverless.js', 'offline'],
    ['npm run setup', 'tools/setup.ts'],
  ])('says in one line that .env is a folder: %s', async (_what, program, ...args) => {
    const copy = await copyService();
    await mkdir(join(copy.folder, '.env'));
    const ports = await emulatorPorts();
    const { code, output } = await run(join(copy.folder, program), copy.folder, args, ports);
    await copy.remove();
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^\S+\/\.env cannot be used .* remove it: a new one is made\.$/);
  });

  it.each([
    ['truncated', (text: string) => text.slice(0, text.length / 2)],
    ['tampered with', (text: string) => text.replace('setosa', 'sedosa')],
    ['missing', () => undefined],
    ['contradicting itself', withoutThreshold],
  ])('says in one line that the artifact is %s', async (_what, change) => {
    const copy = await copyService();
    const path = join(copy.folder, 'model/artifact.json');
    const changed = change(await readFile(path, 'utf8'));
    if (changed === undefined) await rm(path);
    else await writeFile(path, changed);
    const { code, output } = await sls(copy.folder, ['offline'], await emulatorPorts());
    await copy.remove();
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toContain('model/artifact.json');
    expect(output).toContain('npm run train');
  });
});

describe('what npm started', () => {
  let group: number;
  let ports: Awaited<ReturnType<typeof emulatorPorts>>;

  beforeEach(async () => {
    ports = await emulatorPorts();
  });

  afterEach(async () => {
    if ((await membersOf(group)).length > 0) process.kill(-group, 'SIGKILL');
  });

  /** Runs a command in a group of its own until it has printed a text. */
  async function started(
    command: string,
    args: readonly string[],
    env: Record<string, string>,
    until = 'Ctrl-C stops it.',
  ) {
    const child = spawn(command, args, {
      cwd: root,
      detached: true,
      env: { ...process.env, API_KEY: 'a-key-of-this-test', ...ports, ...env },
    });
    group = child.pid ?? 0;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    await eventually(() => expect(output).toContain(until));
    return child;
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'ends as by Ctrl-C when npm alone gets %s',
    async (signal) => {
      const asked: string[] = [];
      const pushgateway = await startServer(({ method = '' }, response) => {
        asked.push(method);
        response.end();
      });
      const npm = await started('npm', ['start'], {
        PUSHGATEWAY_URL: pushgateway.origin,
        PUSHGATEWAY_DELETE_ON_STOP: 'true',
      });
      npm.kill(signal);
      await eventually(async () => expect(await membersOf(group)).toEqual([]));
      for (const port of Object.values(ports)) {
        await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
      }
      // The last it does, once all that was counted is pushed.
      await eventually(() => expect(asked.at(-1)).toBe('DELETE'));
      await pushgateway.close();
    },
  );

  it('ends when npm is gone before it had begun', async () => {
    const npm = await started('npm', ['start'], {}, 'exec node');
    await eventually(async () => expect(await childrenOf(npm.pid)).toHaveLength(1));
    npm.kill('SIGKILL');
    await eventually(async () => expect(await membersOf(group)).toEqual([]));
  });

  it('goes on when only what started npx ends, and ends with npx', async () => {
    const shell = await started('sh', ['-c', 'npx sls offline & read -r line'], {});
    shell.stdin.end('\n');
    await once(shell, 'exit');
    // As old as several looks for npm would take.
    await eventually(async () => {
      const health = await (await fetch(`http://127.0.0.1:${ports.API_PORT}/`)).json();
      expect((health as { uptimeSeconds: number }).uptimeSeconds).toBeGreaterThan(2);
    });
    const [npx = 0] = await membersOf(group);
    process.kill(npx, 'SIGKILL');
    await eventually(async () => expect(await membersOf(group)).toEqual([]));
  });
});

describe('sls invoke local', () => {
  it('answers for one function', async () => {
    const { code, output } = await sls(root, [
      'invoke',
      'local',
      '-f',
      'predict',
      '--path',
      'test/events/predict.json',
    ]);
    expect(code).toBe(0);
    expect(output).toContain('\\"prediction\\":\\"setosa\\"');
    expect(output).toContain('"statusCode": 200');
  });
});
