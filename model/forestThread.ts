/** A thread that grows forests: it is sent a table and options, and sends the trees as they grow. */
import { parentPort } from 'node:worker_threads';
import type { ForestTable } from '../lib/forestTable.ts';
import type { Row } from './dataset.ts';
import { type ForestOptions, forestTable, trainForest } from './trainForest.ts';

/** A forest to grow. */
export interface ForestOrder {
  readonly rows: readonly Row[];
  readonly labels: readonly number[];
  readonly classCount: number;
  readonly options: ForestOptions;
}

/** What is sent back: word of each tree that has grown, and at last the forest. */
export type Grown = 'tree' | ForestTable;

parentPort?.on('message', ({ rows, labels, classCount, options }: ForestOrder) => {
  const send = (grown: Grown) => parentPort?.postMessage(grown);
  const forest = trainForest(rows, labels, options, () => send('tree'));
  send(forestTable(forest, rows[0]?.length ?? 0, classCount));
});
