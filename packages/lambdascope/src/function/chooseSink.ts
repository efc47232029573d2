/** Where Observations go, chosen once at load. */
import type { Config } from './config.ts';
import { createLocalSink } from './localSink.ts';
import type { Sink } from './sink.ts';

/** The sink that the configuration names; logs which, and why. */
export function chooseSink({ sink, sinkReason, emfNamespace }: Config): Sink {
  // The emulator says it for all its instances: one line each would bury what it prints.
  if (sink === 'local') return createLocalSink();
  // To stderr: stdout is for Embedded Metric Format.
  console.error(`lambdascope: metrics sink ${sink} (${sinkReason})`);
  if (sink === 'none') return { observe() {} };
  // Begins to load now, in the init; only here, so that a local instance does not wait for it.
  const loading = import('./emfSink.ts').then(({ createEmfSink }) => createEmfSink(emfNamespace));
  return { observe: async (observation) => (await loading).observe(observation) };
}
