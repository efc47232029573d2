/** Inside a sandbox: loads a function, then answers one invocation after another. */
import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Ask } from '../../function/asks.ts';
import { callHandler, type Handler, handlerFile, importHandler } from './handler.ts';
import type { Given, HostedFunction, Told } from './sandbox.ts';
import { tellWrites } from './tellWrites.ts';

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

/** Begins to load a function; gives what takes invocations of it, and answers to what it asks. */
export function hostFunction(
  { reportsChannel, asksChannel, timeout, ...options }: HostedFunction,
  host: Host,
): (message: Given | Told) => void {
  /** What the function has reported since the last message. */
  let reports: unknown[] = [];
  const writes = tellWrites((message) => host.send(message), host.now);
  subscribe(reportsChannel, (report) => reports.push(report));
  /** What the function waits to be told, by the number of the question. */
  const asks = new Map<number, Ask['answer']>();
  let asked = 0;
  subscribe(asksChannel, (ask) => {
    const { wanted, answer } = ask as Ask;
    asked += 1;
    asks.set(asked, answer);
    host.send({ kind: 'ask', asked, wanted });
  });
  const loading = load(options).then((handler) => {
    send({ kind: 'loaded', at: host.now() });
    return handler;
  });
  // Whoever invokes the function is told why.
  loading.catch(() => send({ kind: 'broken' }));

  return (message) => {
    if ('asked' in message) tell(message);
    else void invoke(message);
  };

  function tell({ asked: number, taken }: Told): void {
    asks.get(number)?.(taken);
    asks.delete(number);
  }

  async function invoke({ event, context }: Given): Promise<void> {
    writes.begin();
    try {
      const handler = await loading;
      // From here: Lambda does not count the init.
      host.began();
      const deadline = performance.now() + timeout;
      const getRemainingTimeInMillis = () => Math.max(0, Math.floor(deadline - performance.now()));
      const result = await callHandler(handler, event, { ...context, getRemainingTimeInMillis });
      answer({ result }, () => ({ result: JSON.parse(JSON.stringify(result)) }));
    } catch (error) {
      answer({ error }, () => ({ error: new Error(String(error)) }));
    }
  }

  /** Answers; what cannot be cloned as its plain form: Lambda's is JSON, which leaves functions out. */
  function answer(outcome: object, plain: () => object): void {
    writes.end();
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
}: Omit<HostedFunction, 'timeout' | 'reportsChannel' | 'asksChannel'>): Promise<Handler> {
  const file = handlerFile(codeDir, handler);
  if (file !== undefined) return importHandler(file, handler);
  const { load } = createRequire(loader)(loader);
  return load(servicePath, join(codeDir, handler));
}
