/** What a handler core gives to the chain: an HTTP answer, and what should be observed of it. */
import type { PredictionsObserved } from './observation.ts';

/** An answer in API Gateway's form, with what only the observing middleware reads. */
export interface Answer {
  statusCode: number;
  headers?: Record<string, string>;
  body: string;
  /** Removed before the answer leaves the function. */
  observed?: {
    /** Rows of an accepted batch. */
    readonly batchSize?: number;
    readonly predictions?: PredictionsObserved;
  };
}
