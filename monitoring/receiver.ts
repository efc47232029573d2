/** Brings what instances report, and what happens to them, to the aggregator. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  BroadcastChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Worker,
} from 'node:worker_threads';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { channelName, type Message } from '../lib/broadcastSink.ts';
import type { Aggregator } from './aggregator.ts';
import type { Instances } from './instances.ts';

/** Time that messages wait, in milliseconds: counted in a row, with warm caches, they cost far less. */
const BATCH = 100;

/** Node tells here of each new thread at once; `process.on('worker')` only after its first message. */
const NEW_THREADS = 'worker_threads';

/** The listening ends of the channels of all threads. */
export interface Receiver {
  /** Takes in what was sent but not yet delivered: whoever has an answer finds it counted. */
  drain(): void;
  close(): void;
}

/** Listens to every thread that starts from now on, until it is closed. */
export function receive(aggregator: Aggregator, instances: Instances): Receiver {
  /** By thread. */
  const channels = new Map<number, BroadcastChannel>();
  let waiting: { thread: number; message: Message }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let heard = false;
  subscribe(NEW_THREADS, watch);

  function watch(message: unknown): void {
    const { worker } = message as { worker: Worker };
    // After the exit it is -1.
    const { threadId } = worker;
    const channel = new BroadcastChannel(channelName(threadId));
    channel.onmessage = ({ data }) => queue(threadId, data);
    channels.set(threadId, channel);
    instances.created(threadId, performance.now());

    // What the emulator does to a thread: a thread that ends runs no exit hook, so it cannot tell.
    let terminated = false;
    const { postMessage, terminate } = worker;
    worker.postMessage = (message: { event?: APIGatewayProxyEvent }, ...rest) => {
      if (message.event) instances.given(threadId, message.event, performance.now());
      postMessage.call(worker, message, ...rest);
    };
    worker.terminate = () => {
      terminated = true;
      return terminate.call(worker);
    };
    worker.on('exit', () => {
      if (!channels.has(threadId)) return;
      close(threadId, channel);
      const lost = instances.ended(threadId, performance.now());
      if (lost) aggregator.observeLost(lost, terminated ? 'timeout' : 'handler');
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
    if (message.kind === 'hello') {
      if (!heard) console.log('Metrics sink of the functions: local');
      heard = true;
      instances.loaded(thread, message.function, message.at);
      aggregator.serve(message.model);
    } else {
      instances.answered(thread, message.at);
      aggregator.observe(message.observation);
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
  }

  return {
    drain() {
      for (const [thread, channel] of channels) drain(thread, channel);
      takeWaiting();
    },
    close() {
      unsubscribe(NEW_THREADS, watch);
      for (const [thread, channel] of channels) close(thread, channel);
    },
  };
}
