/**
 * What is inside serverless-offline and has no option: each is looked at before it is touched, and where
 * it is not what is known of version 14, one line says so and it stays as it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Hapi from '@hapi/hapi';
import type { Server } from '@hapi/hapi';
import type { FunctionDefinition } from './serverless.ts';

/** The classes and functions that are touched, by the file of serverless-offline that has them. */
const RUNNER = 'lambda/handler-runner/HandlerRunner.js';
const POOL = 'lambda/LambdaFunctionPool.js';
const LOG = 'utils/log.js';
const HTTP = 'events/http/HttpServer.js';

/** What loads a function's module, whatever its language is compiled from. */
const LOADER = 'lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js';

/** How serverless-offline's runner imports what runs a function in a thread. */
const THREAD_RUNNER = './worker-thread-runner/index.js';

/** What runs a function's invocations, one at a time. */
export interface HandlerRunner {
  run(
    event: unknown,
    context: { readonly functionName: string; readonly awsRequestId?: string },
  ): Promise<unknown>;
  cleanup(): Promise<void>;
}

/** Keeps functions' instances, of which each runs one invocation at a time. */
export interface Pool {
  start(): void;
  cleanup(): Promise<void>;
  /** An instance that is idle, or a new one. */
  get(
    functionKey: string,
    definition: FunctionDefinition,
  ): { setEvent(event: unknown): void; runHandler(): Promise<unknown> };
}

/** serverless-offline as a service has it installed. */
export interface Internals {
  /** The prototype of what runs functions. */
  handlerRunner(): Promise<HandlerRunner | undefined>;
  /** Makes it import another runner than its own of threads; false when it cannot be. */
  replaceThreadRunner(url: string): boolean;
  /** The module that loads functions. */
  readonly loader: string;
  /**
   * Calls `prepare` with each of its servers before it listens: later would be too late for whatever
   * guards it, and the server of the endpoint for SDKs is shown to nobody.
   */
  beforeListening(prepare: (server: Server) => void): void;
  /** Keeps errors and warnings; drops its table of routes, and the lines that it writes for each request. */
  quietLogs(): Promise<void>;
  /**
   * Tells of the pool whenever it starts to end idle instances, and awaits `ending` before it ends all.
   * That also stops, for good, the timer that ends idle ones; this starts it again. After the last
   * `cleanup`, the one on shutdown, the process exits.
   */
  watchPool(started: (pool: Pool) => void, ending: () => Promise<void>): Promise<void>;
}

/** The internals of the serverless-offline that a service's folder finds. */
export function internalsOf(servicePath: string): Internals {
  const entry = createRequire(join(servicePath, 'serverless.yml')).resolve('serverless-offline');
  const folder = dirname(entry);
  const missing = new Set<string>();

  function misfit(what: string): undefined {
    if (missing.size === 0) {
      const { version } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'));
      console.error(
        `lambdascope does not know serverless-offline ${version}: ${what} is not as in 14. It stays as it is, without what lambdascope does there.`,
      );
    }
    missing.add(what);
  }

  async function prototypeOf<T>(
    file: string,
    ...methods: readonly string[]
  ): Promise<T | undefined> {
    const path = join(folder, file);
    const module = existsSync(path) ? await import(pathToFileURL(path).href) : {};
    const prototype = module.default?.prototype ?? {};
    const fits = methods.every((name) => typeof prototype[name] === 'function');
    return fits ? prototype : misfit(`${file} (${methods.join(', ')})`);
  }

  return {
    handlerRunner: () => prototypeOf<HandlerRunner>(RUNNER, 'run', 'cleanup'),
    loader: join(folder, LOADER),
    beforeListening(prepare) {
      const { Server: createServer } = createRequire(entry)('@hapi/hapi') as typeof Hapi;
      // hapi's class itself is not exported.
      const prototype: Server = Object.getPrototypeOf(new createServer());
      const { start } = prototype;
      prototype.start = async function prepareAndStart(this: Server) {
        prepare(this);
        await start.call(this);
      };
    },
    replaceThreadRunner(url) {
      const { registerHooks } = module;
      if (registerHooks === undefined) {
        console.error(
          "lambdascope's own runner needs Node 22.15, so serverless-offline runs all functions: their memory is not limited.",
        );
        return false;
      }
      const path = join(folder, RUNNER);
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes(`"${THREAD_RUNNER}"`)) {
        misfit(`${RUNNER} (${THREAD_RUNNER})`);
        return false;
      }
      registerHooks({
        resolve: (specifier, context, nextResolve) =>
          nextResolve(specifier === THREAD_RUNNER ? url : specifier, context),
      });
      return true;
    },
    async quietLogs() {
      const path = join(folder, LOG);
      const { setLogUtils } = existsSync(path) ? await import(pathToFileURL(path).href) : {};
      if (typeof setLogUtils !== 'function') return misfit(`${LOG} (setLogUtils)`);
      const drop = () => {};
      const keep = (...message: unknown[]) => {
        if (message.length > 0) console.error(...message);
      };
      setLogUtils({
        log: { debug: drop, info: drop, notice: drop, verbose: drop, warning: keep, error: keep },
        progress: undefined,
      });
      const server = await prototypeOf<{ writeRoutesTerminal(): void }>(
        HTTP,
        'writeRoutesTerminal',
      );
      if (server) server.writeRoutesTerminal = drop;
    },
    async watchPool(started, ending) {
      const pool = await prototypeOf<Pool>(POOL, 'start', 'cleanup', 'get');
      if (!pool) return;
      const { start, cleanup } = pool;
      pool.start = function startAndTell() {
        start.call(this);
        started(this);
      };
      pool.cleanup = async function cleanupAndGoOn() {
        await ending();
        await cleanup.call(this);
        this.start();
      };
    },
  };
}
