/** What takes Observations. */
import type { Observation } from './observation.ts';

/** It may throw or reject: the request goes on all the same. */
export interface Sink {
  /** Takes each Observation once. A promise is awaited before the answer leaves, as Lambda freezes the instance after it. */
  observe(observation: Observation): void | Promise<void>;
  /** An invocation has begun that is not to be counted. */
  ignored?(): void;
}
