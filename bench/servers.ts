/** Servers that the benchmarks compare, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { emulatorPorts } from '../tools/freePort.ts';
import type { HttpRequest } from '../tools/load/sender.ts';
import { root } from '../tools/root.ts';
import { rowRequest } from './rowRequest.ts';

const OSLS = join(root, 'node_modules/serverless/bin/serverless.js');
const BENCH = join(root, 'bench/fixtures');

/** Time that a server gets to answer, in milliseconds. */
const START = 60_000;

/** Our service, through the emulator, without what AWS would refuse; `folder` may hold a copy of it. */
export function startOurs(
  env: Readonly<Record<string, string>> = {},
  folder = root,
): Promise<BenchServer> {
  const command = [process.execPath, OSLS, 'offline'];
  return startServer(command, folder, { LIMITS: 'false', ...env });
}

/** The same as a user starts it. */
export function startOursByNpm(): Promise<BenchServer> {
  return startServer(['npm', 'start'], root, { LIMITS: 'false' });
}

/** serverless-offline with an empty handler, as it comes. */
export function startEmptyEmulator(): Promise<BenchServer> {
  return startServer([process.execPath, OSLS, 'offline'], join(BENCH, 'empty'), {});
}

/** The same with the kit. */
export function startCounted(
  runner: 'serverless-offline' | 'lambdascope',
  { quiet }: { quiet: boolean },
): Promise<BenchServer> {
  const command = [process.execPath, OSLS, 'offline', '--config', 'counted.yml'];
  const env = { RUNNER: runner, QUIET: String(quiet) };
  return startServer(command, join(BENCH, 'empty'), env);
}

/** node:http that echoes JSON. */
export function startEcho(): Promise<BenchServer> {
  return startServer([process.execPath, join(BENCH, 'echo.ts')], root, {});
}

/** A server that runs. */
export type BenchServer = Awaited<ReturnType<typeof startServer>>;

/**
 * Starts a program that listens on `API_PORT`, and waits until it has a good answer.
 *
 * @param command the program and its arguments
 * @param request what it is asked
 */
export async function startServer(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  request: HttpRequest = rowRequest,
) {
  const ports = await emulatorPorts();
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      ...process.env,
      API_KEY: rowRequest.headers['x-api-key'],
      ...ports,
      ...env,
    },
  });
  const origin = `http://127.0.0.1:${ports.API_PORT}`;
  await untilItAnswers(origin, request, child);
  return {
    /** Scheme, host and port. */
    origin,
    /** Origin of the live page and `/metrics`, where it has them. */
    metricsOrigin: `http://127.0.0.1:${ports.METRICS_PORT}`,
    pid: child.pid ?? 0,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    },
  };
}

async function untilItAnswers(
  origin: string,
  request: HttpRequest,
  child: ChildProcess,
): Promise<void> {
  const deadline = performance.now() + START;
  for (;;) {
    const answer = await ask(origin, request).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`no answer from ${child.spawnargs.join(' ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Sends one request. */
export function ask(
  origin: string,
  { method, path, headers = {}, body = '' }: HttpRequest,
): Promise<Response> {
  return fetch(origin + path, { method, headers, body: body as string });
}
