/** A sandbox that is a thread of this process: quick, but its memory is known by what V8 tells. */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { heapBytes, heapLimitMegabytes } from './memory.ts';
import {
  type HostedFunction,
  isSandboxMessage,
  type Sandbox,
  type SandboxEvents,
} from './sandbox.ts';
import type { ThreadData } from './threadMain.ts';

const MAIN = new URL('./threadMain.js', import.meta.url);

/** What Node says of a thread whose heap is full. */
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/** @param memoryBytes limit of the function's memory; none: as much as there is */
export function startThread(
  options: HostedFunction,
  env: NodeJS.ProcessEnv,
  memoryBytes: number | undefined,
  events: SandboxEvents,
): Sandbox {
  const { port1: port, port2 } = new MessageChannel();
  const began = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
  const thread = new Worker(MAIN, {
    env,
    workerData: { ...options, port: port2, began } satisfies ThreadData,
    transferList: [port2],
    ...(memoryBytes !== undefined && {
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMegabytes(memoryBytes) },
    }),
  });
  let cause: unknown;

  port.on('message', take);
  // By the function's own hand: it has no way left to answer.
  port.on('close', () => void thread.terminate());
  thread.on('error', (error) => {
    cause = error;
  });
  // It comes after an error too.
  thread.on('exit', (code) => {
    drain();
    const isOutOfMemory =
      (cause as { readonly code?: unknown } | undefined)?.code === OUT_OF_MEMORY;
    events.gone({ code, isOutOfMemory, ...(cause !== undefined && { cause }) });
  });

  function take(message: unknown): void {
    if (isSandboxMessage(message)) events.message(message);
  }

  function drain(): void {
    for (;;) {
      const waiting = receiveMessageOnPort(port);
      if (waiting === undefined) return;
      take(waiting.message);
    }
  }

  return {
    give(given) {
      Atomics.store(began, 0, 0n);
      port.postMessage(given);
    },
    tell: (told) => port.postMessage(told),
    get beganAt() {
      const micros = Number(Atomics.load(began, 0));
      return micros === 0 ? undefined : micros / 1000;
    },
    async memoryBytes() {
      // From Node 22.16.
      if (!('getHeapStatistics' in thread)) return undefined;
      // It fails when the thread has ended meanwhile.
      const heap = await thread.getHeapStatistics().catch(() => undefined);
      return heap && heapBytes(heap);
    },
    peakBytes: () => undefined,
    drain,
    end() {
      port.close();
      return thread.terminate();
    },
  };
}
