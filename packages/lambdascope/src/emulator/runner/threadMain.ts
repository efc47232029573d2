/** A Lambda instance's thread. */
import { getHeapStatistics } from 'node:v8';
import { type MessagePort, workerData } from 'node:worker_threads';
import { hostFunction } from './hostedFunction.ts';
import { heapBytes } from './memory.ts';
import type { HostedFunction } from './sandbox.ts';

/** What the sandbox gives its thread. */
export interface ThreadData extends HostedFunction {
  readonly port: MessagePort;
  /** When the thread began what it is at, in whole microseconds; 0: not yet. */
  readonly began: BigInt64Array;
}

const { port, began, ...options } = workerData as ThreadData;

const take = hostFunction(options, {
  send: (message) => port.postMessage(message),
  now: () => performance.now(),
  began: () => Atomics.store(began, 0, BigInt(Math.ceil(performance.now() * 1000))),
  memoryBytes: () => heapBytes(getHeapStatistics()),
});

port.on('message', take);
