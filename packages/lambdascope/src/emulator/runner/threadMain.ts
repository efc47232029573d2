/** A Lambda instance's thread. */
import { getHeapStatistics, queryObjects } from 'node:v8';
import { type MessagePort, workerData } from 'node:worker_threads';
import { hostFunction } from './hostedFunction.ts';
import { heapBytes } from './memory.ts';
import type { HostedFunction } from './sandbox.ts';

/** What the sandbox gives its thread. */
export interface ThreadData extends HostedFunction {
  readonly port: MessagePort;
  /** When the thread began what it is at, in whole milliseconds; 0: not yet. */
  readonly began: BigInt64Array;
}

/** Time without an invocation after which an instance gives memory back, in milliseconds. */
const REST = 5000;

const { port, began, ...options } = workerData as ThreadData;

const invoke = hostFunction(options, {
  send: (message) => port.postMessage(message),
  now: () => performance.now(),
  began: () => Atomics.store(began, 0, BigInt(Math.ceil(performance.now()))),
  memoryBytes: () => heapBytes(getHeapStatistics()),
});

const rest = setTimeout(collectGarbage, REST).unref();

port.on('message', (given) => {
  void invoke(given).finally(() => rest.refresh());
});

/**
 * V8 keeps what it has, which is much where instances are many; in AWS an idle one is frozen. Before it
 * counts objects V8 collects all garbage, and no other way to make it do so is open to a thread.
 */
function collectGarbage(): void {
  const { emitWarning } = process;
  // That it is experimental is nothing to tell the function's owner.
  process.emitWarning = () => {};
  queryObjects(Nothing, { format: 'count' });
  process.emitWarning = emitWarning;
}

class Nothing {}
