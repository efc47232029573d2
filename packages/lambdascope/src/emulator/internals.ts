/** What serverless-offline and osls have no option for. */
import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Server } from '@hapi/hapi';
import { type Serverless, setOfflineOption } from './serverless.ts';

const require = createRequire(import.meta.url);

/** A file of serverless-offline that its package does not export. */
async function internal<T>(path: string): Promise<T> {
  const entry = require.resolve('serverless-offline');
  return import(pathToFileURL(join(dirname(entry), path)).href) as Promise<T>;
}

/** What runs instances instead of serverless-offline's worker threads. */
const RUNNER = new URL('./instanceRunner.ts', import.meta.url).href;

/**
 * Calls `prepare` with each server of the emulator before it listens: later would be too late for
 * whatever guards it, and the server of the endpoint for SDKs is shown to nobody.
 */
export function beforeListening(prepare: (server: Server) => void): void {
  const requireAsEmulator = createRequire(require.resolve('serverless-offline'));
  const { Server: createServer } = requireAsEmulator('@hapi/hapi') as typeof import('@hapi/hapi');
  // hapi's class itself is not exported.
  const prototype: Server = Object.getPrototypeOf(new createServer());
  const { start } = prototype;
  prototype.start = async function prepareAndStart(this: Server) {
    prepare(this);
    await start.call(this);
  };
}

type Write = (...message: unknown[]) => void;

/** Keeps errors and warnings; drops its table of routes, and the five lines that it writes for each request. */
export async function quietLogs(): Promise<void> {
  const { setLogUtils } = await internal<{ setLogUtils(logs: object): void }>('utils/log.js');
  const drop: Write = () => {};
  const keep: Write = (...message) => {
    if (message.length > 0) console.error(...message);
  };
  setLogUtils({
    log: { debug: drop, info: drop, notice: drop, verbose: drop, warning: keep, error: keep },
    progress: undefined,
  });
  const { default: HttpServer } = await internal<{
    default: { prototype: { writeRoutesTerminal(): void } };
  }>('events/http/HttpServer.js');
  HttpServer.prototype.writeRoutesTerminal = () => {};
}

interface LambdaFunctionPool {
  start(): void;
  cleanup(): Promise<void>;
}

/**
 * Ending all instances also stops, for good, the timer that ends idle ones; this starts it again.
 * After the last `cleanup`, the one on shutdown, the process exits.
 */
export async function keepEndingIdleInstances(): Promise<void> {
  const { default: Pool } = await internal<{ default: { prototype: LambdaFunctionPool } }>(
    'lambda/LambdaFunctionPool.js',
  );
  const { cleanup } = Pool.prototype;
  Pool.prototype.cleanup = async function cleanupAndGoOn(this: LambdaFunctionPool) {
    await cleanup.call(this);
    this.start();
  };
}

/**
 * Makes serverless-offline, which imports its runner when it makes its first instance, import ours, and
 * leave the time limit to it.
 */
export function replaceRunner(serverless: Serverless): void {
  setOfflineOption(serverless, 'noTimeout', true);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const wanted = specifier === './worker-thread-runner/index.js' ? RUNNER : specifier;
      return nextResolve(wanted, context);
    },
  });
}

/** `sls invoke local` looks for `.js` and `.cjs` alone, though it can load what Lambda loads: `.mjs`. */
export function resolveModuleBundles(): void {
  require.extensions['.mjs'] = require.extensions['.js'];
}
