/** Grows several forests, each in a thread, as many at once as there are cores. */
import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ForestTable } from '../lib/forestTable.ts';
import type { ForestOrder, Grown } from './forestThread.ts';

export interface GrowOptions {
  /** Threads at once. The forests are the same with any number. @default one for each core */
  readonly threads?: number;
  /** Told of each tree that has grown. @default nobody */
  readonly onTree?: () => void;
}

/** The forests, in the order of the orders. */
export async function growForests(
  orders: readonly ForestOrder[],
  { threads = availableParallelism(), onTree = () => {} }: GrowOptions = {},
): Promise<ForestTable[]> {
  const forests: ForestTable[] = [];
  const queue = orders.entries();
  await Promise.all(
    Array.from({ length: Math.min(threads, orders.length) }, async () => {
      const thread = new Worker(new URL('./forestThread.ts', import.meta.url));
      try {
        for (const [index, order] of queue) forests[index] = await grow(thread, order, onTree);
      } finally {
        await thread.terminate();
      }
    }),
  );
  return forests;
}

async function grow(thread: Worker, order: ForestOrder, onTree: () => void): Promise<ForestTable> {
  thread.postMessage(order);
  for await (const [grown] of on(thread, 'message', { close: ['exit'] }) as AsyncIterable<
    [Grown]
  >) {
    if (grown !== 'tree') return grown;
    onTree();
  }
  throw new Error('The thread that grew a forest has ended.');
}
