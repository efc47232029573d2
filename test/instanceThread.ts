/** A thread that stands for a Lambda instance: it reports through the real sink what it is told to do. */
import { parentPort } from 'node:worker_threads';
import { createBroadcastSink } from '../lib/broadcastSink.ts';
import { model } from '../lib/model.ts';
import { anInvocation, anObservation } from './invocations.ts';

/** What a test may tell the thread to do; it answers each with the same word, if it still can. */
export type Order = 'begin' | 'end' | 'crash' | 'exit';

const sink = createBroadcastSink(model);

parentPort?.on('message', (order: Order) => {
  switch (order) {
    case 'begin':
      sink.begin?.(anInvocation());
      break;
    case 'end':
      void sink.end({ ...anObservation(), predictions: undefined });
      break;
    case 'crash':
      throw new Error('nobody catches this');
    case 'exit':
      process.exit(1);
  }
  parentPort?.postMessage(order);
});
