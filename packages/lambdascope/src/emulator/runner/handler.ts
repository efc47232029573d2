/** A function's handler: found, loaded and called as Lambda does. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Callback = (error?: unknown, result?: unknown) => void;
export type Handler = (event: unknown, context: object, callback: Callback) => unknown;

/** Endings that Node loads by itself, in the order in which Lambda looks for them. */
const ENDINGS = ['.js', '.mjs', '.cjs'] as const;

/** The file of a handler; none where there is none that Node loads by itself. */
export function handlerFile(codeDir: string, handler: string): string | undefined {
  const [name = ''] = basename(handler).split('.');
  const base = join(codeDir, dirname(handler), name);
  return ENDINGS.map((ending) => base + ending).find(existsSync);
}

/** The handler that a file exports. */
export async function importHandler(file: string, handler: string): Promise<Handler> {
  const [, ...path] = basename(handler).split('.');
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
export function callHandler(handler: Handler, event: unknown, context: object): Promise<unknown> {
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
