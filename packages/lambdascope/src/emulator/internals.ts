/**
 * What is inside serverless-offline and has no option: each is looked at before it is touched, and where
 * it is not what is known of version 14, one line says so and it stays as it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Serverless, setOfflineOption } from './serverless.ts';

/** The classes and functions that are touched, by the file of serverless-offline that has them. */
const RUNNER = 'lambda/handler-runner/HandlerRunner.js';
const POOL = 'lambda/LambdaFunctionPool.js';
const LOG = 'utils/log.js';
const HTTP = 'events/http/HttpServer.js';

/** How serverless-offline's runner imports what runs a function in a thread. */
const THREAD_RUNNER = './worker-thread-runner/index.js';

/** What runs a function's invocations, one at a time. */
export interface HandlerRunner {
  run(event: unknown, context: { readonly functionName: string }): Promise<unknown>;
  cleanup(): Promise<void>;
}

/** serverless-offline as a service has it installed. */
export interface Internals {
  /** The prototype of what runs functions. */
  handlerRunner(): Promise<HandlerRunner | undefined>;
  /** Makes it import another runner than its own of threads, and leave the time limit to that; false when it cannot be. */
  replaceThreadRunner(serverless: Serverless, url: string): boolean;
  /** Keeps errors and warnings; drops its table of routes, and the lines that it writes for each request. */
  quietLogs(): Promise<void>;
  /**
   * Ending all instances also stops, for good, the timer that ends idle ones; this starts it again. After
   * the last `cleanup`, the one on shutdown, the process exits.
   */
  keepEndingIdleInstances(): Promise<void>;
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
    replaceThreadRunner(serverless, url) {
      const { registerHooks } = module;
      if (registerHooks === undefined) {
        console.error(
          `custom.lambdascope.runner needs Node 22.15, so serverless-offline runs all functions.`,
        );
        return false;
      }
      const path = join(folder, RUNNER);
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes(`"${THREAD_RUNNER}"`)) {
        misfit(`${RUNNER} (${THREAD_RUNNER})`);
        return false;
      }
      setOfflineOption(serverless, 'noTimeout', true);
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
    async keepEndingIdleInstances() {
      const pool = await prototypeOf<{ start(): void; cleanup(): Promise<void> }>(
        POOL,
        'start',
        'cleanup',
      );
      if (!pool) return;
      const { cleanup } = pool;
      pool.cleanup = async function cleanupAndGoOn() {
        await cleanup.call(this);
        this.start();
      };
    },
  };
}
