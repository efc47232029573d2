/** A thread that stands for a Lambda instance: it does with an invocation what it is told to. */
import { parentPort } from 'node:worker_threads';
import { createBroadcastSink } from '../lib/broadcastSink.ts';
import { model } from '../lib/model.ts';
import { anObservation } from './invocations.ts';

/** What to do with an invocation: observe its end, let it hang, or end with it. */
export type Order = 'answer' | 'hang' | 'crash' | 'exit';

const sink = createBroadcastSink('predict', model);

/** As the emulator's, a message has the event; what was done is sent back. */
parentPort?.on('message', ({ order }: { event: object; order: Order }) => {
  if (order === 'answer') void sink({ ...anObservation(), predictions: undefined });
  if (order === 'crash') throw new Error('nobody catches this');
  if (order === 'exit') process.exit(1);
  parentPort?.postMessage(order);
});
