/** Grows several forests, each in a thread, as many at once as there are cores. */
import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ForestTable } from '../lib/forestTable.ts';
import type { ForestOrder, Grown } from './forestThread.ts';

export interface GrowOptions {
  /** Threads at once. The forests are the same with any number. @default one for each core */
  readonly threads?: number;
  /** Told of trees that have grown. @default nobody */
  readonly onTrees?: (count: number) => void;
}

/** The forests, in the order of the orders. */
export async function growForests(
  orders: readonly ForestOrder[],
  { threads = availableParallelism(), onTrees = () => {} }: GrowOptions = {},
): Promise<ForestTable[]> {
  const forests: ForestTable[] = [];
  const queue = orders.entries();
  await Promise.all(
    Array.from({ length: Math.min(threads, orders.length) }, async () => {
      const thread = new Worker(new URL('./forestThread.ts', import.meta.url));
      try {
        for (const [index, order] of queue) forests[index] = await grow(thread, order, onTrees);
      } finally {
        await thread.terminate();
      }
    }),
  );
  return forests;
}

async function grow(
  thread: Worker,
  order: ForestOrder,
  onTrees: (count: number) => void,
): Promise<ForestTable> {
  thread.postMessage(order);
  for await (const [grown] of on(thread, 'message', { close: ['exit'] }) as AsyncIterable<
    [Grown]
  >) {
    if ('forest' in grown) return grown.forest;
    onTrees(grown.trees);
  }
  throw new Error('The thread that grew a forest has ended.');
}
