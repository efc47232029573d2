/** Where Observations go, chosen once at load. */
import { createBroadcastSink } from './broadcastSink.ts';
import type { Config } from './config.ts';
import { model } from './model.ts';
import type { Invocation, Observation } from './observation.ts';

/** Takes what is observed; may throw or reject: the request goes on all the same. */
export interface Sink {
  /** An invocation began; only a sink that counts what is in flight needs it. */
  begin?(invocation: Invocation): void;
  /** An invocation ended; a promise is awaited before the answer leaves, as Lambda freezes after it. */
  end(observation: Observation): void | Promise<void>;
}

/** The sink that the configuration names; logs which, and why. */
export function chooseSink({ sink, sinkReason, emfNamespace }: Config): Sink {
  // The emulator says it for all its instances: one line each would bury what it prints.
  if (sink === 'local') return createBroadcastSink(model);
  // To stderr: stdout is for Embedded Metric Format.
  console.error(`lambdascope: metrics sink ${sink} (${sinkReason})`);
  if (sink === 'none') return { end() {} };
  // Begins to load now, in the init; only here, so that a local instance does not wait for it.
  const loading = import('./emfSink.ts');
  return {
    async end(observation) {
      const { writeEmf } = await loading;
      writeEmf(observation, emfNamespace);
    },
  };
}
