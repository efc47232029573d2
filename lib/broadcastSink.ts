/** Sends what is observed from a function's thread to the aggregator in the emulator's main thread. */
import { BroadcastChannel, threadId } from 'node:worker_threads';
import type { Observation } from './observation.ts';
import {
  countPredictions,
  type ModelDescription,
  type PredictionCounts,
} from './predictionCounts.ts';
import type { Sink } from './sink.ts';

/** An Observation with its predictions condensed. */
export interface CountedObservation extends Omit<Observation, 'predictions'> {
  readonly predictions: PredictionCounts | undefined;
}

/** What goes over the channel; `at` is of `performance.now()`, whose clock all threads of a process share. */
export type Message =
  /** An instance has loaded; an aggregator that knows another model learns of this one. */
  | {
      readonly kind: 'hello';
      readonly at: number;
      /** Short name of the function. */
      readonly function: string;
      readonly model: ModelDescription;
    }
  /** It is about to answer. */
  | {
      readonly kind: 'observation';
      readonly at: number;
      readonly observation: CountedObservation;
    };

/**
 * Name of the channel between a thread and the aggregator. Each has its own: on a shared one every
 * thread would be given, and would have to read, what all the others report.
 */
export function channelName(thread: number): string {
  return `lambdascope/${thread}`;
}

/** A sink that posts to the aggregator of this process, if there is one. */
export function createBroadcastSink(functionName: string, model: ModelDescription): Sink {
  const { name, version, sha256, trainingRows, classes, features } = model;
  const channel = new BroadcastChannel(channelName(threadId));
  channel.unref();
  const post = (message: Message): void => channel.postMessage(message);
  post({
    kind: 'hello',
    at: performance.now(),
    function: functionName,
    model: { name, version, sha256, trainingRows, classes, features },
  });
  return (observation) => {
    const predictions = observation.predictions && countPredictions(observation.predictions, model);
    post({
      kind: 'observation',
      at: performance.now(),
      observation: { ...observation, predictions },
    });
  };
}
