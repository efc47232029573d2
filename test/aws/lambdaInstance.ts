/** Runs a function as Lambda does: Node with Lambda's environment, driven by the Runtime API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { startRuntimeApi } from './runtimeApi.ts';

/** Time that Lambda gives a function to load, in seconds. */
const INIT_SECONDS = 10;

/** How many times as long it may take here: how fast this machine is decides nothing. */
const PATIENCE = 20;

/** What Lambda is told of a function. */
export interface LambdaFunction {
  readonly name: string;
  /** Folder with the unpacked zip. */
  readonly taskRoot: string;
  /** `path/module.export`, relative to `taskRoot`. */
  readonly handler: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  /** The function's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments for Node that start a runtime interface client. */
  readonly runtimeClient: readonly string[];
}

/** A running instance. */
export type LambdaInstance = Awaited<ReturnType<typeof startLambda>>;

/**
 * Starts an instance and waits until it is ready.
 *
 * @throws LambdaFunctionError when its module does not load
 */
export async function startLambda(lambda: LambdaFunction) {
  const api = await startRuntimeApi(lambda.name);
  // A file, not a pipe: what is written before an answer is there when the answer is.
  const folder = mkdtempSync(join(tmpdir(), 'lambdascope-lambda-'));
  const log = join(folder, 'stdout');
  const output = openSync(log, 'w');
  const start = performance.now();
  const child = spawn(process.execPath, nodeArguments(lambda), {
    cwd: lambda.taskRoot,
    env: environment(lambda, api.address),
    stdio: ['ignore', output, 'pipe'],
  });
  closeSync(output);
  const stdout = () => readFileSync(log, 'utf8');
  const stderr = collect(child.stderr as Readable);
  const closed = once(child, 'close');
  child.on('close', (code, signal) => {
    api.fail(new Error(`the instance ended (${signal ?? code}): ${stdout()}${stderr()}`));
  });

  /** Waits, but ends the instance when its time is up. */
  async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
    const limit = seconds * PATIENCE;
    const timer = setTimeout(() => {
      api.fail(new Error(`timed out after ${limit} s`));
      child.kill('SIGKILL');
    }, limit * 1000);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it; gives what it wrote to stderr. */
  async function stop(): Promise<string> {
    child.kill('SIGKILL');
    await closed;
    api.close();
    rmSync(folder, { recursive: true });
    return stderr();
  }

  try {
    await within(INIT_SECONDS, api.ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    /** From the start of the process until it asked for its first invocation, in seconds. */
    initSeconds: (performance.now() - start) / 1000,
    /**
     * Sends an event and waits for the function's answer.
     *
     * @throws LambdaFunctionError when the function failed
     * @throws Error when the instance ended, or ran out of time, which ends it
     */
    invoke: (event: unknown) =>
      within(
        lambda.timeoutSeconds,
        api.invoke(event, Date.now() + lambda.timeoutSeconds * PATIENCE * 1000),
      ),
    /** What the function wrote to stdout until its last answer, by line. */
    stdoutLines: () => stdout().split('\n').filter(Boolean),
    /** Largest resident set so far, in bytes; only Linux tells. */
    peakMemoryBytes: () => peakMemoryBytes(child),
    stop,
  };
}

/** Lambda sizes V8's heap by the function's memory. */
function nodeArguments({ memorySize, runtimeClient, handler }: LambdaFunction): string[] {
  return [
    `--max-old-space-size=${Math.floor(memorySize * 0.9)}`,
    `--max-semi-space-size=${Math.floor(memorySize * 0.05)}`,
    ...runtimeClient,
    handler,
  ];
}

/** The variables that Lambda documents as set in an instance; nothing of this process's own. */
function environment(lambda: LambdaFunction, runtimeApi: string): Record<string, string> {
  return {
    _HANDLER: lambda.handler,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memorySize),
    AWS_LAMBDA_FUNCTION_NAME: lambda.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${lambda.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123456789abcdef',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: 'eu-central-1',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: lambda.taskRoot,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    ...lambda.environment,
  };
}

/** Keeps what a stream gives. */
function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function peakMemoryBytes({ pid }: ChildProcess): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(/VmHWM:\s+(\d+) kB/)?.[1]) * 1024;
}
