// A Lambda instance's thread: loads a function, then answers one invocation after another. Plain
// JavaScript: to strip types here would make every cold start longer.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { file, exportName, timeout } = workerData;

const loading = import(pathToFileURL(file).href).then((module) => {
  const handler = module[exportName];
  if (typeof handler !== 'function') throw new TypeError(`${file} does not export ${exportName}`);
  return handler;
});
// Whoever invokes the function is told; without an invocation nobody needs to know.
loading.catch(() => {});

parentPort.on('message', async ({ event, context }) => {
  try {
    const handler = await loading;
    // From here: Lambda does not count the init.
    const deadline = performance.now() + timeout;
    const getRemainingTimeInMillis = () => Math.max(0, Math.floor(deadline - performance.now()));
    const result = await handler(event, { ...context, getRemainingTimeInMillis });
    parentPort.postMessage({ result });
  } catch (error) {
    parentPort.postMessage({ error });
  }
});
