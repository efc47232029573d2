/** Sends what is observed from a function's thread to the aggregator in the emulator's main thread. */
import { BroadcastChannel, threadId } from 'node:worker_threads';
import type { Invocation, Observation } from './observation.ts';
import {
  countPredictions,
  type ModelDescription,
  type PredictionCounts,
} from './predictionCounts.ts';
import type { Sink } from './sink.ts';

/** Name of the channel; it ends at the process. */
export const CHANNEL = 'lambdascope';

/** An Observation with its predictions condensed. */
export interface CountedObservation extends Omit<Observation, 'predictions'> {
  readonly predictions: PredictionCounts | undefined;
}

/** What goes over the channel. `thread` is the sender's `threadId`, by which the host knows it too. */
export type Message =
  | { readonly kind: 'hello'; readonly model: ModelDescription }
  | { readonly kind: 'begin'; readonly thread: number; readonly invocation: Invocation }
  | { readonly kind: 'end'; readonly thread: number; readonly observation: CountedObservation };

/**
 * A sink that posts to the aggregator of this process, if there is one.
 *
 * @param model what this instance serves; an aggregator that knows another one learns of it
 */
export function createBroadcastSink(model: ModelDescription): Sink {
  const { name, version, sha256, trainingRows, classes, features } = model;
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  const post = (message: Message): void => channel.postMessage(message);
  post({ kind: 'hello', model: { name, version, sha256, trainingRows, classes, features } });
  return {
    begin(invocation) {
      post({ kind: 'begin', thread: threadId, invocation });
    },
    end(observation) {
      const predictions =
        observation.predictions && countPredictions(observation.predictions, model);
      post({ kind: 'end', thread: threadId, observation: { ...observation, predictions } });
    },
  };
}
