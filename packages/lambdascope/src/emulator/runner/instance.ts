/** A Lambda instance: a thread that loads a function, then answers one invocation after another. */
import { join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { REPORTS } from '../../function/localSink.ts';
import { awaitedResponse } from '../awaitedResponse.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  instances,
  nextInstanceNumber,
  type Outcome,
} from '../instanceEvents.ts';
import type { ThreadData } from './instanceThread.ts';

const THREAD = new URL('./instanceThread.js', import.meta.url);

/**
 * Time that a function gets to load, in milliseconds. Lambda gives 10 s; here all instances that start
 * at once share the cores of one machine.
 */
const LOAD_LIMIT = 60_000;

/** The function that an instance is of. */
export interface FunctionOptions {
  /** Key in `serverless.yml`. */
  readonly functionKey: string;
  /** Folder of the service. */
  readonly codeDir: string;
  /** Path of the module without `.mjs`, a dot, the name that it exports. */
  readonly handler: string;
  /** Time limit of an invocation, in milliseconds; the time to load does not count. */
  readonly timeout: number;
}

/** The instance ended before it had answered, for an error that nobody caught or by its own will. */
export class InstanceEndedError extends Error {
  override readonly name = 'InstanceEndedError';
  readonly code = 'instance_ended';
}

/** The function took longer than it may. */
export class InstanceTimeoutError extends Error {
  override readonly name = 'InstanceTimeoutError';
  readonly code = 'instance_timeout';

  /** @param seconds its time limit */
  constructor(functionKey: string, seconds: number) {
    // The emulator answers with the status in brackets.
    super(`[504] ${functionKey}: Task timed out after ${seconds.toFixed(2)} seconds`);
    // It would tell of the emulator, not of the function.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** What the thread sends. */
type Message = { readonly reports: readonly unknown[] } & (
  | { readonly kind: 'loaded'; readonly at: number }
  | ({ readonly kind: 'answer' } & Result)
);

type Result = { readonly result: unknown } | { readonly error: unknown };

interface Pending {
  readonly invocation: GivenInvocation;
  timer: NodeJS.Timeout;
  readonly settle: (result: Result) => void;
}

/** A running instance in a thread; times are of `performance.now()`. */
export class ThreadInstance implements Instance {
  readonly number = nextInstanceNumber();
  readonly function: string;
  readonly initializationType = 'on-demand';
  readonly maxMemoryUsedBytes = undefined;
  readonly #startedAt = performance.now();
  readonly #timeout: number;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  /** When the thread began what it is at, in whole milliseconds; 0: not yet. The thread writes it. */
  readonly #began = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
  #loadedAt: number | undefined;
  #hasBeenInvoked = false;
  #pending: Pending | undefined;

  constructor({ functionKey, codeDir, handler, timeout }: FunctionOptions, env: NodeJS.ProcessEnv) {
    this.function = functionKey;
    this.#timeout = timeout;
    const dot = handler.lastIndexOf('.');
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#thread = new Worker(THREAD, {
      env,
      workerData: {
        port: port2,
        began: this.#began,
        reportsChannel: REPORTS,
        file: join(codeDir, `${handler.slice(0, dot)}.mjs`),
        exportName: handler.slice(dot + 1),
        timeout,
      } satisfies ThreadData,
      transferList: [port2],
    });
    instances.add(this);
    port1.on('message', (message: unknown) => this.#take(message));
    // By the function's own hand: it has no way left to answer.
    port1.on('close', () => void this.#thread.terminate());
    let uncaught: { readonly cause: unknown } | undefined;
    this.#thread.on('error', (cause) => {
      uncaught = { cause };
    });
    // It comes after an error too.
    this.#thread.on('exit', (code) => {
      this.#takeWhatWaits();
      this.#end(
        { kind: 'failed' },
        new InstanceEndedError(`An instance ended with code ${code}.`, uncaught),
      );
    });
  }

  /** Whether it can be given invocations. */
  get isAlive(): boolean {
    return instances.has(this);
  }

  /** Whether it is at an invocation. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  get initSeconds(): number | undefined {
    return this.#loadedAt === undefined ? undefined : (this.#loadedAt - this.#startedAt) / 1000;
  }

  /**
   * The function's result. One invocation at a time.
   *
   * @throws whatever the function threw
   * @throws InstanceTimeoutError when it took too long; the instance is ended
   * @throws InstanceEndedError when the instance ended before it had answered
   */
  invoke(event: unknown, context: unknown): Promise<unknown> {
    const invocation: GivenInvocation = {
      instance: this,
      event,
      isFirst: !this.#hasBeenInvoked,
      givenAt: performance.now(),
      response: awaitedResponse(),
    };
    this.#hasBeenInvoked = true;
    Atomics.store(this.#began, 0, 0n);
    this.#port.postMessage({ event, context });
    return new Promise((resolve, reject) => {
      this.#pending = {
        invocation,
        timer: setTimeout(() => this.#keepTimeLimit(), this.#timeout),
        settle(result) {
          if ('error' in result) reject(result.error);
          else resolve(result.result);
        },
      };
      instanceEvents.emit('given', invocation);
    });
  }

  /** Ends the instance, and what it is at. */
  async end(): Promise<void> {
    this.#end({ kind: 'failed' }, new InstanceEndedError('The emulator ended an instance.'));
    await this.#thread.terminate();
  }

  #take(message: unknown): void {
    // The port is within the function's reach: what it sends by itself is none of ours.
    if (!this.isAlive || !isMessage(message)) return;
    if (message.kind === 'loaded') {
      this.#loadedAt = message.at;
      instanceEvents.emit('loaded', this, message.reports);
    } else {
      this.#settle(outcomeOf(message), message, message.reports);
    }
  }

  #takeWhatWaits(): void {
    for (;;) {
      const waiting = receiveMessageOnPort(this.#port);
      if (waiting === undefined) return;
      this.#take(waiting.message);
    }
  }

  /** A timer says only that the main thread came round to it: the answer may have come before. */
  #keepTimeLimit(): void {
    this.#takeWhatWaits();
    if (this.#pending === undefined) return;
    const began = Number(Atomics.load(this.#began, 0));
    const { givenAt } = this.#pending.invocation;
    const until = began === 0 ? givenAt + LOAD_LIMIT : began + this.#timeout;
    const left = until - performance.now();
    if (left > 0) {
      // It may begin at any time, so what is left to load is no time to wait.
      const wait = Math.min(left, this.#timeout);
      this.#pending.timer = setTimeout(() => this.#keepTimeLimit(), wait);
      return;
    }
    const seconds = (began === 0 ? LOAD_LIMIT : this.#timeout) / 1000;
    this.#end({ kind: 'timeout' }, new InstanceTimeoutError(this.function, seconds));
    void this.#thread.terminate();
  }

  #settle(outcome: Outcome, result: Result, reports: readonly unknown[]): void {
    if (this.#pending === undefined) return;
    const { invocation, timer, settle } = this.#pending;
    this.#pending = undefined;
    clearTimeout(timer);
    settle(result);
    instanceEvents.emit('over', invocation, outcome, reports);
  }

  #end(outcome: Outcome, error: Error): void {
    if (!instances.delete(this)) return;
    this.#settle(outcome, { error }, []);
    this.#port.close();
    instanceEvents.emit('ended', this);
  }
}

/** How an answered invocation ended. */
function outcomeOf(result: Result): Outcome {
  return 'error' in result ? { kind: 'failed' } : { kind: 'answered', result: result.result };
}

function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, at, reports } = message as Readonly<Record<string, unknown>>;
  return (
    Array.isArray(reports) && (kind === 'answer' || (kind === 'loaded' && typeof at === 'number'))
  );
}
