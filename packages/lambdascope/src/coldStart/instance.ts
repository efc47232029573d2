/** Starts a function once, in a fresh process, with nothing else beside it, and says how long that took. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { monotonicMillis } from '../emulator/runner/memory.ts';
import type { Work } from './expectation.ts';
import type { MeasuredFunction } from './measuredService.ts';

const MAIN = fileURLToPath(new URL('./instanceMain.js', import.meta.url));

/** What a process is to do. */
export interface Job extends Pick<MeasuredFunction, 'file' | 'handler' | 'timeout'> {
  /** None: it is only loaded. */
  readonly invoke?: { readonly event: unknown };
  readonly context: object;
  /** Whether it tells how long each file took, which slows it down. */
  readonly profiles: boolean;
}

/** What it tells, one after the other. */
export interface Told extends Partial<Omit<ColdStart, 'runtimeMillis'>> {
  readonly firstLineAt?: number;
}

/** One cold start. */
export interface ColdStart {
  /** From the start of the process to the first line that is not Node's. */
  readonly runtimeMillis: number;
  /** The import of the function's module. */
  readonly load: Work;
  /** Milliseconds by file, where the profiler was asked for. */
  readonly modules?: Readonly<Record<string, number>>;
  readonly firstInvocation?: Work;
  readonly statusCode?: number;
  /** Why there is no first invocation. */
  readonly failure?: string;
}

/** A function cannot be loaded. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly code = 'load';
}

/** How it is started. */
export interface StartOptions {
  /** Whether it is invoked, where there is an event. @default true */
  readonly invokes?: boolean;
  /** @default false */
  readonly profiles?: boolean;
}

/**
 * Starts it, and waits until it has ended.
 *
 * @throws LoadError with what its module threw
 */
export async function startOnce(
  { key, name, codeDir, memorySize, environment, event, file, handler, timeout }: MeasuredFunction,
  { invokes = true, profiles = false }: StartOptions = {},
): Promise<ColdStart> {
  const startedAt = monotonicMillis();
  const child = fork(MAIN, {
    cwd: codeDir,
    env: {
      ...process.env,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: codeDir,
      _HANDLER: handler,
      ...environment,
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const job: Job = {
    file,
    handler,
    timeout,
    profiles,
    context: { functionName: name, functionVersion: '$LATEST', awsRequestId: 'lambdascope' },
    ...(invokes && event !== undefined && { invoke: { event } }),
  };
  child.send(job);
  let told: Told = {};
  child.on('message', (message: Told) => {
    told = { ...told, ...message };
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const { firstLineAt, load, failure = `it ended with exit status ${code}`, ...rest } = told;
  if (firstLineAt === undefined || load === undefined) {
    throw new LoadError(`${key} does not load: ${failure}`);
  }
  const isMissing = job.invoke && rest.firstInvocation === undefined;
  return { runtimeMillis: firstLineAt - startedAt, load, ...rest, ...(isMissing && { failure }) };
}
