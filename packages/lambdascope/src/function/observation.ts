/** What one invocation was: the single record that every sink reads. */
import type { Recorded } from '../metrics.ts';
import type { Spans } from '../span.ts';
import type { Properties } from './properties.ts';
import type { Remembered } from './remember.ts';

/** Why an invocation did not succeed: its input, our code, the time limit or the memory limit. */
export const errorKinds = ['validation', 'handler', 'timeout', 'memory'] as const;

export type ErrorKind = (typeof errorKinds)[number];

/** One invocation, as it began. Times are in seconds, sizes in bytes. */
export interface Invocation {
  /** Random id of the instance, made at module load. */
  readonly instance: string;
  /** Key of the function in `serverless.yml`. */
  readonly function: string;
  /** In capitals; empty when no HTTP request led to it. */
  readonly method: string;
  /** Resource path of the route, never the path that the client sent; else what triggered it. */
  readonly route: string;
  readonly coldStart: boolean;
  /** Start of the instance to the end of module load; 0 unless `coldStart`. */
  readonly initSeconds: number;
  readonly requestBytes: number;
  /** API key id, never the key; none on a route without keys. */
  readonly client: string | undefined;
}

/** One invocation, as it ended. Times are in seconds, sizes in bytes. */
export interface Observation extends Invocation {
  /** HTTP status of the answer; 200, 500 or 504 when no HTTP request waited for it. */
  readonly status: number;
  /** What the client waited for; includes `initSeconds` when `coldStart`. */
  readonly seconds: number;
  readonly responseBytes: number;
  readonly heapUsedBytes: number;
  /** Busy share of the event loop since the instance's previous observation, 0 to 1; none in its first. */
  readonly eventLoopUtilization: number | undefined;
  readonly errorKind: ErrorKind | undefined;
  /** Values of the service's own metrics. */
  readonly recorded: readonly Recorded[];
  /** What it told of itself beside metrics, for the log. */
  readonly properties: Properties;
  /** What of its answer is to be remembered. */
  readonly remembered: readonly Remembered[];
  /** Its parts, as far as it timed them, in the order in which they began. */
  readonly spans: Spans;
}

/** Every status from 400 is an error: the client's, ours, or the time limit's. */
export function errorKindOf(status: number): ErrorKind | undefined {
  if (status === 504) return 'timeout';
  if (status >= 500) return 'handler';
  return status >= 400 ? 'validation' : undefined;
}
