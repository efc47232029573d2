/** Brings what instances report, and that they ended, to the aggregator. */
import {
  BroadcastChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Worker,
} from 'node:worker_threads';
import { CHANNEL, type Message } from '../lib/broadcastSink.ts';
import type { Aggregator } from './aggregator.ts';

/** The listening end of the channel. */
export interface Receiver {
  /** Takes in what was sent but not yet delivered: whoever has an answer finds it counted. */
  drain(): void;
  close(): void;
}

/** Listens until it is closed. */
export function receive(aggregator: Aggregator): Receiver {
  const channel = new BroadcastChannel(CHANNEL);
  let heard = false;
  let closed = false;
  channel.onmessage = ({ data }) => take(data);
  process.on('worker', watch);

  function drain(): void {
    while (!closed) {
      // It takes a BroadcastChannel too, which its type leaves out.
      const received = receiveMessageOnPort(channel as unknown as MessagePort);
      if (received === undefined) return;
      take(received.message);
    }
  }

  function take(message: Message): void {
    switch (message.kind) {
      case 'hello':
        if (!heard) console.log('Metrics sink of the functions: local');
        heard = true;
        aggregator.serve(message.model);
        break;
      case 'begin':
        aggregator.begin(message.thread, message.invocation);
        break;
      case 'end':
        aggregator.end(message.thread, message.observation);
        break;
    }
  }

  /** An instance cannot say goodbye itself: ending a thread runs no exit hook in it. */
  function watch(worker: Worker): void {
    // After the exit it is -1.
    const { threadId } = worker;
    let terminated = false;
    const { terminate } = worker;
    // Only the call tells whether the emulator or the function itself ended the thread.
    worker.terminate = () => {
      terminated = true;
      return terminate.call(worker);
    };
    // Without a listener, an error that a function did not catch would end the emulator.
    worker.on('error', (error) => console.error('A function crashed its instance:', error));
    worker.on('exit', () => {
      drain();
      aggregator.instanceEnded(threadId, terminated ? 'timeout' : 'handler');
    });
  }

  return {
    drain,
    close() {
      drain();
      // Threads that are still there may end later.
      closed = true;
      process.off('worker', watch);
      channel.close();
    },
  };
}
