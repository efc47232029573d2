/** Where Observations go, chosen once at load. */
import { createBroadcastSink } from './broadcastSink.ts';
import type { Config } from './config.ts';
import { createEmfSink } from './emfSink.ts';
import type { Invocation, Observation } from './observation.ts';

/** Takes what is observed; may throw or reject: the request goes on all the same. */
export interface Sink {
  /** An invocation began; only a sink that counts what is in flight needs it. */
  begin?(invocation: Invocation): void;
  /** An invocation ended; a promise is awaited before the answer leaves, as Lambda freezes after it. */
  end(observation: Observation): void | Promise<void>;
}

/** The sink that the configuration names; logs which, and why. */
export function chooseSink({ sink, sinkReason }: Config): Sink {
  // To stderr: stdout is for Embedded Metric Format.
  console.error(`lambdascope: metrics sink ${sink} (${sinkReason})`);
  if (sink === 'local') return createBroadcastSink();
  if (sink === 'emf') return createEmfSink();
  return { end() {} };
}
