/** A stranger's folder: the packed kit and serverless-offline installed by npm, and services below it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import rootPackage from '../../../package.json' with { type: 'json' };
import { freePort } from '../../../tools/freePort.ts';
import { Seen } from './seen.ts';

const run = promisify(execFile);
const kit = join(import.meta.dirname, '..');

/** In milliseconds. */
const DAY = 24 * 3_600_000;

/** The versions that this repository has. */
export const pinned = {
  serverless: rootPackage.dependencies.serverless,
  'serverless-offline': rootPackage.dependencies['serverless-offline'],
  '@middy/core': rootPackage.dependencies['@middy/core'],
  esbuild: rootPackage.devDependencies.esbuild,
} as const;

/** Builds the kit, if it has changed, and packs it into a folder; gives the tarball. */
export async function packKit(folder: string): Promise<string> {
  await run('npm', ['pack', '--pack-destination', folder], { cwd: kit });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  return join(folder, tarball);
}

/** Installs the kit and packages in a new folder outside of the repository; gives the folder. */
export async function install(
  dependencies: Readonly<Record<string, string>>,
  overrides: object = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdascope-stranger-'));
  const lambdascope = `file:${await packKit(folder)}`;
  await writeFiles(folder, {
    'package.json': JSON.stringify({ dependencies: { lambdascope, ...dependencies }, overrides }),
  });
  // What was published just now may not be there with all that it needs.
  const before = new Date(Date.now() - DAY).toISOString();
  await run('npm', ['install', '--no-audit', '--no-fund', '--before', before], { cwd: folder });
  return folder;
}

/** Files by their paths in a folder; what is no text is written as YAML. */
export type Files = Readonly<Record<string, string | object>>;

/** Writes files, and the folders that they need. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : stringify(content));
  }
}

/** A service under `sls offline`. */
export interface RunningService {
  readonly url: string;
  readonly lambdaUrl: string;
  readonly metricsUrl: string;
  readonly process: ChildProcess;
  output(): string;
  /** Asks for a path; gives the status. */
  ask(path: string, request?: RequestInit): Promise<number>;
  /** Invokes a function by the emulator's Lambda endpoint; gives what it gave. */
  invoke(name: string, event: object): Promise<unknown>;
  /** What is counted by now. */
  seen(): Promise<Seen>;
  /** Ends it as Ctrl-C does; gives its exit code. */
  stop(): Promise<number | null>;
}

/** How a service is started. */
export interface StartOptions {
  readonly command?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What it prints when it is ready. */
  readonly sign?: string;
}

/** Starts `sls offline`, on free ports, in the folder of a service, and waits until it is ready. */
export async function start(
  folder: string,
  { command = ['offline'], env = {}, sign = 'Live page' }: StartOptions = {},
): Promise<RunningService> {
  const [http, lambda, metrics, gateway] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ].map(String);
  const sls = [slsOf(folder), ...command, '--httpPort', `${http}`, '--lambdaPort', `${lambda}`];
  const child = spawn(process.execPath, sls, {
    cwd: folder,
    env: { ...process.env, METRICS_PORT: metrics, PUSHGATEWAY_PORT: gateway, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const closed = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes(sign)) resolve();
      });
    }
    closed.then(([code]) => reject(new Error(`sls ended with ${code}:\n${output}`)), reject);
  });
  const [url, lambdaUrl, metricsUrl] = [http, lambda, metrics].map(
    (port) => `http://localhost:${port}`,
  ) as [string, string, string];
  return {
    url,
    lambdaUrl,
    metricsUrl,
    process: child,
    output: () => output,
    async ask(path, request) {
      const response = await fetch(url + path, request);
      await response.arrayBuffer();
      return response.status;
    },
    async invoke(name, event) {
      const response = await fetch(`${lambdaUrl}/2015-03-31/functions/${name}/invocations`, {
        method: 'POST',
        body: JSON.stringify(event),
      });
      return response.json();
    },
    seen: async () => new Seen(await (await fetch(`${metricsUrl}/metrics`)).text()),
    async stop() {
      child.kill('SIGINT');
      await closed;
      return child.exitCode;
    },
  };
}

/** The command of whichever Serverless is installed above a service. */
function slsOf(folder: string): string {
  return join(dirname(folder), 'node_modules/serverless/bin/serverless.js');
}

/** Deletes what `install` has made. */
export function uninstall(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
