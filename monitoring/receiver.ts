/** Brings what instances report, and that they ended, to the aggregator. */
import {
  BroadcastChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Worker,
} from 'node:worker_threads';
import { channelName, type Message } from '../lib/broadcastSink.ts';
import type { Invocation } from '../lib/observation.ts';
import type { Aggregator } from './aggregator.ts';

/** Time that messages wait, in milliseconds: counted in a row, with warm caches, they cost far less. */
const BATCH = 100;

/** The listening ends of the channels of all threads. */
export interface Receiver {
  /** Takes in what was sent but not yet delivered: whoever has an answer finds it counted. */
  drain(): void;
  close(): void;
}

/** Listens to every thread that starts from now on, until it is closed. */
export function receive(aggregator: Aggregator): Receiver {
  /** By thread. */
  const channels = new Map<number, BroadcastChannel>();
  /** What each thread began last. */
  const begun = new Map<number, Invocation>();
  let waiting: { thread: number; message: Message }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let heard = false;
  process.on('worker', watch);

  function watch(worker: Worker): void {
    // After the exit it is -1.
    const { threadId } = worker;
    const channel = new BroadcastChannel(channelName(threadId));
    channel.onmessage = ({ data }) => queue(threadId, data);
    channels.set(threadId, channel);

    let terminated = false;
    const { terminate } = worker;
    // Only the call tells whether the emulator or the function itself ended the thread.
    worker.terminate = () => {
      terminated = true;
      return terminate.call(worker);
    };
    // Without a listener, an error that a function did not catch would end the emulator.
    worker.on('error', (error) => console.error('A function crashed its instance:', error));
    // An instance cannot say goodbye itself: ending a thread runs no exit hook in it.
    worker.on('exit', () => {
      if (!channels.has(threadId)) return;
      close(threadId, channel);
      aggregator.instanceEnded(threadId, terminated ? 'timeout' : 'handler');
    });
  }

  function queue(thread: number, message: Message): void {
    waiting.push({ thread, message });
    timer ??= setTimeout(takeWaiting, BATCH).unref();
  }

  function takeWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    for (const { thread, message } of batch) take(thread, message);
  }

  function take(thread: number, message: Message): void {
    switch (message.kind) {
      case 'hello':
        if (!heard) console.log('Metrics sink of the functions: local');
        heard = true;
        aggregator.serve(message.model);
        break;
      case 'begin':
        begun.set(thread, message.invocation);
        aggregator.begin(thread, message.invocation, message.startedAt);
        break;
      case 'end': {
        const invocation = begun.get(thread);
        if (invocation) aggregator.end(thread, { ...invocation, ...message.outcome });
      }
    }
  }

  function drain(thread: number, channel: BroadcastChannel): void {
    for (;;) {
      // It takes a BroadcastChannel too, which its type leaves out.
      const received = receiveMessageOnPort(channel as unknown as MessagePort);
      if (received === undefined) return;
      queue(thread, received.message);
    }
  }

  function close(thread: number, channel: BroadcastChannel): void {
    drain(thread, channel);
    takeWaiting();
    channel.close();
    channels.delete(thread);
    begun.delete(thread);
  }

  return {
    drain() {
      for (const [thread, channel] of channels) drain(thread, channel);
      takeWaiting();
    },
    close() {
      process.off('worker', watch);
      for (const [thread, channel] of channels) close(thread, channel);
    },
  };
}
