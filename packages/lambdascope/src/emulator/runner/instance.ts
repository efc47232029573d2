/** A Lambda instance: loads a function, then answers one invocation after another, within its limits. */
import { availableParallelism } from 'node:os';
import { ASKS } from '../../function/asks.ts';
import { REPORTS } from '../../function/localSink.ts';
import { awaitedRequest } from '../awaitedResponse.ts';
import {
  type GivenInvocation,
  type InitializationType,
  type Instance,
  instanceEvents,
  instances,
  nextInstanceNumber,
  type Outcome,
} from '../instanceEvents.ts';
import { FunctionError, timedOut } from '../lambdaErrors.ts';
import { LogKeeper, NO_LOGS } from './invocationLogs.ts';
import { startProcess } from './processSandbox.ts';
import type {
  Exit,
  FunctionOptions,
  Given,
  HostedFunction,
  Isolation,
  Result,
  Sandbox,
  SandboxMessage,
} from './sandbox.ts';
import { startThread } from './threadSandbox.ts';

/**
 * Times that an instance gets to load, in milliseconds, after "Understanding the Lambda execution
 * environment lifecycle" in Lambda's guide.
 */
const INIT_LIMIT = 10_000;
const PROVISIONED_INIT_LIMIT = 130_000;

/** Time between two looks at how much memory busy instances use, in milliseconds. */
const MEMORY_LOOK = 200;

/** How instances are made. */
export interface InstanceOptions extends FunctionOptions {
  readonly isolation: Isolation;
  /** Module of serverless-offline that loads what Node does not by itself. */
  readonly loader: string;
  /** Whether it ends when it uses more memory than its function has. */
  readonly isLimited: boolean;
  /** Whether an invocation ends when its time is up. */
  readonly keepsTime: boolean;
}

/** What a context has of an invocation. */
interface Context {
  readonly awsRequestId?: string;
}

interface Pending {
  readonly invocation: GivenInvocation;
  readonly given: Given;
  logs: LogKeeper | undefined;
  timer: NodeJS.Timeout;
  readonly settle: (result: Result) => void;
}

/** Instances that have not loaded yet. */
const starting = new Set<LocalInstance>();

/** A running instance; times are of `performance.now()`. */
export class LocalInstance implements Instance {
  readonly number = nextInstanceNumber();
  readonly function: string;
  readonly startedAt = performance.now();
  readonly initializationType: InitializationType;
  readonly memorySizeBytes: number;
  readonly #options: InstanceOptions;
  readonly #env: NodeJS.ProcessEnv;
  #sandbox: Sandbox;
  #initConcurrency = 1;
  #loadedAt: number | undefined;
  /** Whether the function's module cannot be loaded. */
  #isBroken = false;
  /** When the load began that counts as part of the invocation; none while it is the init. */
  #loadsAgainFrom: number | undefined;
  #initTimer: NodeJS.Timeout;
  #hasBeenInvoked = false;
  #maxMemoryUsedBytes: number | undefined;
  /** Whether it is asked how much memory it uses. */
  #isAsked = false;
  #pending: Pending | undefined;

  constructor(options: InstanceOptions, env: NodeJS.ProcessEnv, type: InitializationType) {
    this.function = options.functionKey;
    this.initializationType = type;
    this.#options = options;
    this.#env = { ...env, AWS_LAMBDA_INITIALIZATION_TYPE: type };
    this.memorySizeBytes = Number(env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']) * 2 ** 20;
    instances.add(this);
    starting.add(this);
    for (const one of starting) {
      one.#initConcurrency = Math.max(one.#initConcurrency, starting.size);
    }
    this.#sandbox = this.#start();
    this.#initTimer = setTimeout(() => this.#keepInitLimit(), INIT_LIMIT).unref();
  }

  /** Whether it can be given invocations. */
  get isAlive(): boolean {
    return instances.has(this);
  }

  /** Whether it is still loading its function. */
  get isLoading(): boolean {
    return starting.has(this);
  }

  /** Whether it is at an invocation. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  get loadedAt(): number | undefined {
    return this.#loadedAt;
  }

  get initSeconds(): number | undefined {
    return this.#loadedAt === undefined ? undefined : (this.#loadedAt - this.startedAt) / 1000;
  }

  get initConcurrency(): number {
    return this.#initConcurrency;
  }

  get maxMemoryUsedBytes(): number | undefined {
    return this.#maxMemoryUsedBytes;
  }

  /**
   * The function's result. One invocation at a time.
   *
   * @throws whatever the function threw
   * @throws FunctionError when the instance ended, or was ended, before it had answered
   */
  invoke(event: unknown, context: Context): Promise<unknown> {
    const invocation: GivenInvocation = {
      instance: this,
      event,
      requestId: context.awsRequestId ?? '',
      isFirst: !this.#hasBeenInvoked,
      givenAt: performance.now(),
      beganAt: undefined,
      awaited: awaitedRequest(),
      logs: undefined,
    };
    this.#hasBeenInvoked = true;
    this.#maxMemoryUsedBytes = undefined;
    const given = { event, context };
    this.#sandbox.give(given);
    return new Promise((resolve, reject) => {
      this.#pending = {
        invocation,
        given,
        logs: undefined,
        timer: setTimeout(() => this.#keepTimeLimit(), this.#options.timeout),
        settle(result) {
          if ('error' in result) reject(result.error);
          else resolve(result.result);
        },
      };
      watched.add(this);
      instanceEvents.emit('given', invocation);
    });
  }

  /** Ends the instance, and what it is at. */
  async end(): Promise<void> {
    this.#sandbox.drain();
    this.#fail('failed', this.#exitError('The emulator ended the instance'));
    await this.#sandbox.end();
  }

  /** Ends the instance if a long invocation uses more memory than its function may. */
  async keepMemoryLimit(): Promise<void> {
    const { givenAt = Number.POSITIVE_INFINITY } = this.#pending?.invocation ?? {};
    // A thread tells when it gets to it: where many share few cores, questions would pile up.
    if (this.#isAsked || performance.now() - givenAt < MEMORY_LOOK) return;
    this.#isAsked = true;
    const bytes = await this.#sandbox.memoryBytes();
    this.#isAsked = false;
    this.#sandbox.drain();
    if (bytes !== undefined) this.#usesMemory(bytes);
  }

  #start(): Sandbox {
    const { isolation, isLimited, timeout, handler, codeDir, servicePath, loader } = this.#options;
    const hosted: HostedFunction = {
      functionKey: this.function,
      reportsChannel: REPORTS,
      asksChannel: ASKS,
      timeout,
      handler,
      codeDir,
      servicePath,
      loader,
    };
    let sandbox: Sandbox;
    const events = {
      message: (message: SandboxMessage) => this.#take(sandbox, message),
      gone: (exit: Exit) => this.#takeExit(sandbox, exit),
    };
    const memory = isLimited ? this.memorySizeBytes : undefined;
    sandbox =
      isolation === 'process'
        ? startProcess(hosted, this.#env, events)
        : startThread(hosted, this.#env, memory, events);
    return sandbox;
  }

  #take(sandbox: Sandbox, message: SandboxMessage): void {
    if (!this.isAlive || sandbox !== this.#sandbox) return;
    if (message.kind === 'log') {
      if (this.#pending === undefined) return;
      this.#pending.logs ??= new LogKeeper();
      this.#pending.logs.add(message);
      return;
    }
    if (message.kind === 'ask') {
      const { asked, wanted } = message;
      const isHeard = instanceEvents.emit('asked', wanted, (taken) =>
        sandbox.tell({ asked, taken }),
      );
      if (!isHeard) sandbox.tell({ asked, taken: undefined });
      return;
    }
    if (message.kind === 'answer') {
      // What an invocation used at its peak shows even if nobody looked meanwhile.
      this.#usesMemory(sandbox.peakBytes() ?? message.memoryBytes);
      this.#settle(outcomeOf(message), message, message.reports);
      // The next invocation is to load it again.
      if (this.#isBroken) void this.end();
      return;
    }
    starting.delete(this);
    clearTimeout(this.#initTimer);
    if (message.kind === 'broken') this.#isBroken = true;
    else {
      this.#loadedAt = message.at;
      instanceEvents.emit('loaded', this, message.reports);
    }
  }

  #takeExit(sandbox: Sandbox, { code, cause, isOutOfMemory }: Exit): void {
    if (sandbox !== this.#sandbox) return;
    if (isOutOfMemory) {
      this.#maxMemoryUsedBytes = this.memorySizeBytes;
      this.#fail('memory', this.#exitError(KILLED, cause));
    } else {
      const status = code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
      this.#fail('failed', this.#exitError(`Runtime exited ${status}`, cause));
    }
  }

  #usesMemory(bytes: number): void {
    this.#maxMemoryUsedBytes = Math.max(this.#maxMemoryUsedBytes ?? 0, bytes);
    if (!this.#options.isLimited || !this.isAlive || bytes <= this.memorySizeBytes) return;
    this.#maxMemoryUsedBytes = this.memorySizeBytes;
    this.#fail('memory', this.#exitError(KILLED));
    void this.#sandbox.end();
  }

  /**
   * An instance that has not loaded in time is made anew by Lambda, and loads within its invocation. Here
   * those that start at once share the cores of one machine, and get as much longer.
   */
  #keepInitLimit(): void {
    const limit =
      this.initializationType === 'on-demand'
        ? INIT_LIMIT
        : Math.max(PROVISIONED_INIT_LIMIT, this.#options.timeout);
    const share = Math.max(1, this.#initConcurrency / availableParallelism());
    const left = this.startedAt + limit * share - performance.now();
    if (left > 0) {
      this.#initTimer = setTimeout(() => this.#keepInitLimit(), left).unref();
      return;
    }
    starting.delete(this);
    console.error(
      `INIT_REPORT Init Duration: ${limit.toFixed(2)} ms\tPhase: init\tStatus: timeout`,
    );
    const late = this.#sandbox;
    this.#loadsAgainFrom = performance.now();
    this.#sandbox = this.#start();
    void late.end();
    if (this.#pending === undefined) return;
    clearTimeout(this.#pending.timer);
    this.#sandbox.give(this.#pending.given);
    this.#pending.timer = setTimeout(() => this.#keepTimeLimit(), this.#options.timeout);
  }

  /** A timer says only that the main thread came round to it: the answer may have come before. */
  #keepTimeLimit(): void {
    this.#sandbox.drain();
    if (this.#pending === undefined || !this.#options.keepsTime) return;
    const { timeout } = this.#options;
    const beganAt = this.#beganAt;
    const left = beganAt === undefined ? timeout : beganAt + timeout - performance.now();
    if (left > 0) {
      this.#pending.timer = setTimeout(() => this.#keepTimeLimit(), left);
      return;
    }
    this.#fail('timeout', timedOut(timeout, this.#requestId));
    void this.#sandbox.end();
  }

  /** When the invocation at hand began; none while the instance loads, which does not count. */
  get #beganAt(): number | undefined {
    return this.#loadsAgainFrom ?? this.#sandbox.beganAt;
  }

  #settle(outcome: Outcome, result: Result, reports: readonly unknown[]): void {
    if (this.#pending === undefined) return;
    const { invocation, logs, timer, settle } = this.#pending;
    const beganAt = this.#beganAt;
    this.#pending = undefined;
    this.#loadsAgainFrom = undefined;
    watched.delete(this);
    clearTimeout(timer);
    settle(result);
    instanceEvents.emit(
      'over',
      { ...invocation, beganAt, logs: logs?.kept ?? NO_LOGS },
      outcome,
      reports,
    );
  }

  get #requestId(): string | undefined {
    return this.#pending?.invocation.requestId;
  }

  #exitError(reason: string, cause?: unknown): FunctionError {
    return new FunctionError('Runtime.ExitError', reason, this.#requestId, cause);
  }

  #fail(kind: 'failed' | 'timeout' | 'memory', error: FunctionError): void {
    if (!instances.delete(this)) return;
    starting.delete(this);
    clearTimeout(this.#initTimer);
    this.#settle({ kind }, { error }, []);
    instanceEvents.emit('ended', this);
  }
}

/** Lambda's words for an instance that needed more memory than its function has. */
const KILLED = 'Runtime exited with error: signal: killed';

/** Those at an invocation, whose memory is looked at. */
const watched = new Set<LocalInstance>();

setInterval(() => {
  for (const instance of watched) void instance.keepMemoryLimit();
}, MEMORY_LOOK).unref();

/** How an answered invocation ended. */
function outcomeOf(result: Result): Outcome {
  return 'error' in result ? { kind: 'failed' } : { kind: 'answered', result: result.result };
}
