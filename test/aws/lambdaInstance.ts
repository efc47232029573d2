/** Runs a built function as Lambda does: Node with Lambda's environment, driven by the Runtime API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** Version of the API that AWS documents for runtimes. */
const API = '/2018-06-01/runtime';

/** Time for a function to load, as in Lambda. */
const INIT_SECONDS = 10;

/** What Lambda would be told of a function. */
export interface LambdaFunction {
  readonly name: string;
  /** Folder with the unpacked zip. */
  readonly taskRoot: string;
  /** `path/module.export`, relative to `taskRoot`. */
  readonly handler: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  /** The function's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Arguments for Node that start a runtime interface client. */
  readonly runtimeClient: readonly string[];
}

/** The function threw, or its module did not load: what it told the Runtime API. */
export class LambdaFunctionError extends Error {
  override readonly name = 'LambdaFunctionError';
  /** Name of the error class in the function. */
  readonly errorType: string;

  constructor(body: string) {
    const { errorType = 'Unknown', errorMessage = body } = JSON.parse(body);
    super(errorMessage);
    this.errorType = errorType;
  }
}

/** A running instance. */
export interface LambdaInstance {
  /** From the start of the process until it asked for its first invocation, in seconds. */
  readonly initSeconds: number;
  /**
   * Sends an event and waits for the function's answer.
   *
   * @throws LambdaFunctionError when the function failed
   * @throws Error when the instance ended, or the function ran into its time limit
   */
  invoke(event: unknown): Promise<unknown>;
  /** What the function wrote to stdout so far, by line. */
  stdoutLines(): string[];
  /** Largest resident set so far, in bytes (Linux). */
  peakMemoryBytes(): number;
  stop(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
  resolve(response: string): void;
  reject(error: Error): void;
}

/**
 * Starts an instance and waits until it is ready.
 *
 * @throws LambdaFunctionError when its module does not load
 */
export async function startLambda(lambda: LambdaFunction): Promise<LambdaInstance> {
  const ready = Promise.withResolvers<void>();
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let idle: ServerResponse | undefined;

  function next(response: ServerResponse): void {
    const invocation = waiting.shift();
    if (!invocation) {
      idle = response;
      return;
    }
    running.set(invocation.id, invocation);
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(invocation.deadline),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:eu-central-1:123456789012:function:${lambda.name}`,
      'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
    });
    response.end(JSON.stringify(invocation.event));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${API}/invocation/next`) {
      ready.resolve();
      next(response);
      return;
    }
    const body = await text(request);
    const [, id, outcome] = path.match(/\/invocation\/([^/]+)\/(response|error)$/) ?? [];
    const invocation = running.get(id ?? '');
    if (path === `${API}/init/error`) ready.reject(new LambdaFunctionError(body));
    else if (!invocation) response.statusCode = 400;
    else if (outcome === 'response') invocation.resolve(body);
    else invocation.reject(new LambdaFunctionError(body));
    if (response.statusCode === 200) response.statusCode = 202;
    response.end('{"status":"OK"}');
  }

  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const start = performance.now();
  const child = spawn(process.execPath, nodeArguments(lambda), {
    cwd: lambda.taskRoot,
    env: lambdaEnvironment(lambda, `127.0.0.1:${address.port}`),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const exited = once(child, 'exit');
  child.on('exit', (code, signal) => {
    const error = new Error(`the instance ended (${signal ?? code}): ${stdout}${stderr}`);
    ready.reject(error);
    for (const invocation of running.values()) invocation.reject(error);
  });

  async function stop(): Promise<void> {
    child.kill('SIGKILL');
    await exited;
    server.closeAllConnections();
    server.close();
  }

  const initTimer = setTimeout(
    () => ready.reject(new Error('init timed out')),
    INIT_SECONDS * 1000,
  );
  try {
    await ready.promise;
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(initTimer);
  }
  return {
    initSeconds: (performance.now() - start) / 1000,
    async invoke(event) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const timeout = lambda.timeoutSeconds * 1000;
      const id = randomUUID();
      waiting.push({ id, event, deadline: Date.now() + timeout, resolve, reject });
      if (idle) {
        const response = idle;
        idle = undefined;
        next(response);
      }
      const timer = setTimeout(() => {
        reject(new Error(`timed out after ${lambda.timeoutSeconds} s`));
        child.kill('SIGKILL');
      }, timeout);
      try {
        return JSON.parse(await promise);
      } finally {
        clearTimeout(timer);
        running.delete(id);
      }
    },
    stdoutLines: () => stdout.split('\n').filter((line) => line !== ''),
    peakMemoryBytes: () => peakMemoryBytes(child),
    stop,
  };
}

/** Lambda sizes V8's heap by the function's memory. */
function nodeArguments({ memorySize, runtimeClient, handler }: LambdaFunction): string[] {
  return [
    `--max-old-space-size=${Math.floor(memorySize * 0.9)}`,
    `--max-semi-space-size=${Math.max(1, Math.floor(memorySize * 0.05))}`,
    ...runtimeClient,
    handler,
  ];
}

/** The variables that Lambda documents as set in an instance; nothing of this process's own. */
function lambdaEnvironment(lambda: LambdaFunction, runtimeApi: string): Record<string, string> {
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

function peakMemoryBytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(/VmHWM:\s+(\d+) kB/)?.[1]) * 1024;
}
