/** A Lambda instance's thread: loads a function, then answers one invocation after another. */
import { subscribe } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';
import { type MessagePort, workerData } from 'node:worker_threads';

type Handler = (event: unknown, context: object) => unknown;

interface Given {
  readonly event: unknown;
  readonly context: object;
}

/** What the instance gives its thread. */
export interface ThreadData {
  readonly port: MessagePort;
  /** When the thread began what it is at, in whole milliseconds; 0: not yet. */
  readonly began: BigInt64Array;
  readonly reportsChannel: string;
  /** The module, and the name that it exports. */
  readonly file: string;
  readonly exportName: string;
  /** In milliseconds. */
  readonly timeout: number;
}

const { port, began, reportsChannel, file, exportName, timeout } = workerData as ThreadData;

/** What the function has reported since the last message. */
let reports: unknown[] = [];
subscribe(reportsChannel, (report) => reports.push(report));

const loading = import(pathToFileURL(file).href).then(
  (module: Readonly<Record<string, unknown>>) => {
    const handler = module[exportName];
    if (typeof handler !== 'function') throw new TypeError(`${file} does not export ${exportName}`);
    send({ kind: 'loaded', at: performance.now() });
    return handler as Handler;
  },
);
// Whoever invokes the function is told; without an invocation nobody needs to know.
loading.catch(() => {});

port.on('message', async ({ event, context }: Given) => {
  try {
    const handler = await loading;
    // From here: Lambda does not count the init.
    const beganAt = performance.now();
    Atomics.store(began, 0, BigInt(Math.ceil(beganAt)));
    const deadline = beganAt + timeout;
    const getRemainingTimeInMillis = () => Math.max(0, Math.floor(deadline - performance.now()));
    const result = await handler(event, { ...context, getRemainingTimeInMillis });
    answer({ result }, () => ({ result: JSON.parse(JSON.stringify(result)) }));
  } catch (error) {
    answer({ error }, () => ({ error: new Error(String(error)) }));
  }
});

/** Answers; what cannot be cloned as its plain form: Lambda's is JSON, which leaves functions out. */
function answer(outcome: object, plain: () => object): void {
  try {
    send({ kind: 'answer', ...outcome });
  } catch {
    send({ kind: 'answer', ...plain() });
  }
}

/** Everything goes over one port, so that what was reported is never later than the answer. */
function send(message: object): void {
  port.postMessage({ ...message, reports });
  reports = [];
}
