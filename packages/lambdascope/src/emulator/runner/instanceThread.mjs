// A Lambda instance's thread: loads a function, then answers one invocation after another. Plain
// JavaScript: to strip types here would make every cold start longer.
import { subscribe } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';
import { workerData } from 'node:worker_threads';

const { port, began, reportsChannel, file, exportName, timeout } = workerData;

/** What the function has reported since the last message. */
let reports = [];
subscribe(reportsChannel, (report) => reports.push(report));

const loading = import(pathToFileURL(file).href).then((module) => {
  const handler = module[exportName];
  if (typeof handler !== 'function') throw new TypeError(`${file} does not export ${exportName}`);
  send({ kind: 'loaded', at: performance.now() });
  return handler;
});
// Whoever invokes the function is told; without an invocation nobody needs to know.
loading.catch(() => {});

port.on('message', async ({ event, context }) => {
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
function answer(outcome, plain) {
  try {
    send({ kind: 'answer', ...outcome });
  } catch {
    send({ kind: 'answer', ...plain() });
  }
}

/** Everything goes over one port, so that what was reported is never later than the answer. */
function send(message) {
  port.postMessage({ ...message, reports });
  reports = [];
}
