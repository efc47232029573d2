/** Sends Observations from a function's thread to the aggregator in the emulator's main thread. */
import { BroadcastChannel } from 'node:worker_threads';
import type { Sink } from './sink.ts';

/** Name of the channel between functions and aggregator. */
export const CHANNEL = 'lambdascope';

/** A sink that posts to every aggregator of this process. */
export function createBroadcastSink(): Sink {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  return {
    end(observation) {
      channel.postMessage(observation);
    },
  };
}
