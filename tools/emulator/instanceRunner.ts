/**
 * Runs a function's invocations in a thread that is its instance, in place of serverless-offline's
 * own runner. For every invocation that one opens a message channel, resolves the function's file
 * anew and writes the environment again, which takes as long as all the rest of a request; and it
 * does not notice when its thread ends.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const THREAD = new URL('./instanceThread.mjs', import.meta.url);

/** What serverless-offline tells a runner of its function. */
interface FunctionOptions {
  /** Folder of the service. */
  readonly codeDir: string;
  /** Path of the module without `.mjs`, a dot, the name that it exports. */
  readonly handler: string;
  /** Time limit in milliseconds. */
  readonly timeout: number;
}

type Answer = { readonly result: unknown } | { readonly error: unknown };

/** An instance ended before it had answered, for an error that nobody caught or by its own will. */
export class InstanceEndedError extends Error {
  override readonly name = 'InstanceEndedError';
  readonly code = 'instance_ended';
}

/** An instance of a function. The time limit is kept by whoever runs it. */
export default class InstanceRunner {
  readonly #options: FunctionOptions;
  readonly #env: NodeJS.ProcessEnv;
  #thread: Worker | undefined;
  /** Of the invocation that the instance is at: it has one at a time. */
  #settle: ((answer: Answer) => void) | undefined;

  constructor(options: FunctionOptions, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#env = env;
  }

  /**
   * The function's result.
   *
   * @throws whatever the function threw
   * @throws InstanceEndedError when the instance ended of itself; the next invocation gets a new one
   */
  run(event: unknown, context: unknown): Promise<unknown> {
    this.#thread ??= this.#start();
    this.#thread.postMessage({ event, context });
    return new Promise((resolve, reject) => {
      this.#settle = (answer) => {
        this.#settle = undefined;
        if ('error' in answer) reject(answer.error);
        else resolve(answer.result);
      };
    });
  }

  /** Ends the instance, and leaves what it is at without an answer: the emulator has given one. */
  async cleanup(): Promise<void> {
    this.#settle = undefined;
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const { codeDir, handler, timeout } = this.#options;
    const dot = handler.lastIndexOf('.');
    const file = join(codeDir, `${handler.slice(0, dot)}.mjs`);
    const thread = new Worker(THREAD, {
      env: this.#env,
      workerData: { file, exportName: handler.slice(dot + 1), timeout },
    });
    thread.on('message', (answer: Answer) => this.#settle?.(answer));
    let uncaught: { readonly cause: unknown } | undefined;
    thread.on('error', (cause) => {
      uncaught = { cause };
    });
    // It comes after an error too.
    thread.on('exit', (code) => {
      this.#thread = undefined;
      const error = new InstanceEndedError(`An instance ended with code ${code}.`, uncaught);
      this.#settle?.({ error });
    });
    return thread;
  }
}
