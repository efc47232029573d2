/** Where Observations go, chosen once at load. */
import type { Config } from './config.ts';
import { createLocalSink } from './localSink.ts';
import { model } from './model.ts';
import type { Observation } from './observation.ts';

/**
 * Takes each Observation once. It may throw or reject: the request goes on all the same. A promise is
 * awaited before the answer leaves, as Lambda freezes the instance after it.
 */
export type Sink = (observation: Observation) => void | Promise<void>;

/** The sink that the configuration names; logs which, and why. */
export function chooseSink({ sink, sinkReason, emfNamespace }: Config): Sink {
  // The emulator says it for all its instances: one line each would bury what it prints.
  if (sink === 'local') return createLocalSink(model);
  // To stderr: stdout is for Embedded Metric Format.
  console.error(`lambdascope: metrics sink ${sink} (${sinkReason})`);
  if (sink === 'none') return () => {};
  // Begins to load now, in the init; only here, so that a local instance does not wait for it.
  const loading = import('./emfSink.ts');
  return async (observation) => {
    const { writeEmf } = await loading;
    writeEmf(observation, emfNamespace);
  };
}
