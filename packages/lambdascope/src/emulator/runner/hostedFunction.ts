/** Inside a sandbox: loads a function, then answers one invocation after another. */
import { subscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Given, HostedFunction } from './sandbox.ts';

/** How a sandbox is bound to its instance. */
export interface Host {
  send(message: object): void;
  /** The time, on the clock that the instance knows. */
  now(): number;
  /** An invocation begins. */
  began(): void;
  /** Memory that the sandbox uses, in bytes. */
  memoryBytes(): number;
}

type Callback = (error?: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: object, callback: Callback) => unknown;

/** Endings that Node loads by itself, in the order in which Lambda looks for them. */
const ENDINGS = ['.js', '.mjs', '.cjs'] as const;

/** Begins to load a function; gives what answers an invocation of it. */
export function hostFunction(
  { reportsChannel, timeout, ...options }: HostedFunction,
  host: Host,
): (given: Given) => Promise<void> {
  /** What the function has reported since the last message. */
  let reports: unknown[] = [];
  subscribe(reportsChannel, (report) => reports.push(report));
  const loading = load(options).then((handler) => {
    send({ kind: 'loaded', at: host.now() });
    return handler;
  });
  // Whoever invokes the function is told why.
  loading.catch(() => send({ kind: 'broken' }));

  return async ({ event, context }) => {
    try {
      const handler = await loading;
      // From here: Lambda does not count the init.
      host.began();
      const deadline = performance.now() + timeout;
      const getRemainingTimeInMillis = () => Math.max(0, Math.floor(deadline - performance.now()));
      const result = await called(handler, event, { ...context, getRemainingTimeInMillis });
      answer({ result }, () => ({ result: JSON.parse(JSON.stringify(result)) }));
    } catch (error) {
      answer({ error }, () => ({ error: new Error(String(error)) }));
    }
  };

  /** Answers; what cannot be cloned as its plain form: Lambda's is JSON, which leaves functions out. */
  function answer(outcome: object, plain: () => object): void {
    const memoryBytes = host.memoryBytes();
    try {
      send({ kind: 'answer', memoryBytes, ...outcome });
    } catch {
      send({ kind: 'answer', memoryBytes, ...plain() });
    }
  }

  function send(message: object): void {
    host.send({ ...message, reports });
    reports = [];
  }
}

/** The handler: its module by Node itself where Node can, else by serverless-offline (TypeScript). */
async function load({
  codeDir,
  servicePath,
  handler,
  loader,
}: Omit<HostedFunction, 'timeout' | 'reportsChannel'>): Promise<Handler> {
  const [name = '', ...path] = basename(handler).split('.');
  const base = join(codeDir, dirname(handler), name);
  const file = ENDINGS.map((ending) => base + ending).find(existsSync);
  if (file === undefined) {
    const { load } = createRequire(loader)(loader);
    return load(servicePath, join(codeDir, handler));
  }
  // Lambda's own has it; what is streamed is answered whole here.
  Object.assign(globalThis, { awslambda: { streamifyResponse: (given: Handler) => given } });
  const module = await import(pathToFileURL(file).href);
  const found = exported(module, path) ?? exported(module.default, path);
  if (typeof found === 'function') return found as Handler;
  throw new TypeError(`${file} does not export ${path.join('.')}`);
}

function exported(module: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    module,
  );
}

/** A handler's result, by whichever of the ways that Lambda has had: promise, callback or context. */
function called(handler: Handler, event: unknown, context: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => {
      if (error && error !== 'Unauthorized') reject(error);
      else resolve(error || result);
    };
    const result = handler(
      event,
      {
        ...context,
        done: callback,
        fail: (error: unknown) => callback(error ?? new Error('The function failed.')),
        succeed: (value: unknown) => callback(undefined, value),
      },
      callback,
    );
    if (isPromise(result) || !mayCall(handler, result)) resolve(result);
  });
}

/** Whether what gave no promise will call the callback, or a function of its context. */
function mayCall({ length }: Handler, result: unknown): boolean {
  return length > 2 || (length === 2 && result === undefined);
}

function isPromise(value: unknown): boolean {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
