/** Hands what is observed to the emulator that runs this instance, over a diagnostics channel of its thread. */
import { channel } from 'node:diagnostics_channel';
import type { Observation } from './observation.ts';
import {
  countPredictions,
  type ModelDescription,
  type PredictionCounts,
} from './predictionCounts.ts';
import type { Sink } from './sink.ts';

/** Name of the channel; the emulator sends what is on it along with the invocation's answer. */
export const REPORTS = 'lambdascope:reports';

/** An Observation with its predictions condensed. */
export interface CountedObservation extends Omit<Observation, 'predictions'> {
  readonly predictions: PredictionCounts | undefined;
}

/** What goes over the channel. */
export type Report =
  /** The function is observed, and what it serves. Once, at load. */
  | { readonly kind: 'hello'; readonly model: ModelDescription }
  /** It is about to answer. */
  | { readonly kind: 'observation'; readonly observation: CountedObservation };

/** A sink that reports to the emulator, if one listens. */
export function createLocalSink(model: ModelDescription): Sink {
  const { name, version, sha256, trainingRows, classes, features } = model;
  const reports = channel(REPORTS);
  const report = (message: Report): void => reports.publish(message);
  report({ kind: 'hello', model: { name, version, sha256, trainingRows, classes, features } });
  return (observation) => {
    const predictions = observation.predictions && countPredictions(observation.predictions, model);
    report({ kind: 'observation', observation: { ...observation, predictions } });
  };
}
