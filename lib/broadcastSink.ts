/** Sends what is observed from a function's thread to the aggregator in the emulator's main thread. */
import { BroadcastChannel, threadId } from 'node:worker_threads';
import type { Invocation, Observation } from './observation.ts';
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

/** What an Observation adds to its Invocation, which has gone before. */
export type Outcome = Omit<CountedObservation, keyof Invocation>;

/** What goes over the channel. */
export type Message =
  | { readonly kind: 'hello'; readonly model: ModelDescription }
  /** `startedAt` is of `performance.now()`, whose clock all threads of a process share. */
  | { readonly kind: 'begin'; readonly invocation: Invocation; readonly startedAt: number }
  | { readonly kind: 'end'; readonly outcome: Outcome };

/**
 * Name of the channel between a thread and the aggregator. Each has its own: on a shared one every
 * thread would be given, and would have to read, what all the others report.
 */
export function channelName(thread: number): string {
  return `lambdascope/${thread}`;
}

/**
 * A sink that posts to the aggregator of this process, if there is one.
 *
 * @param model what this instance serves; an aggregator that knows another one learns of it
 */
export function createBroadcastSink(model: ModelDescription): Sink {
  const { name, version, sha256, trainingRows, classes, features } = model;
  const channel = new BroadcastChannel(channelName(threadId));
  channel.unref();
  const post = (message: Message): void => channel.postMessage(message);
  post({ kind: 'hello', model: { name, version, sha256, trainingRows, classes, features } });
  return {
    begin(invocation) {
      post({ kind: 'begin', invocation, startedAt: performance.now() });
    },
    end({
      predictions,
      status,
      seconds,
      responseBytes,
      batchSize,
      heapUsedBytes,
      eventLoopUtilization,
      errorKind,
    }) {
      const outcome: Outcome = {
        status,
        seconds,
        responseBytes,
        batchSize,
        predictions: predictions && countPredictions(predictions, model),
        heapUsedBytes,
        eventLoopUtilization,
        errorKind,
      };
      post({ kind: 'end', outcome });
    },
  };
}
