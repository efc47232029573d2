/**
 * How many invocations run at once, after "Lambda function scaling" and "Lambda scaling behavior" in
 * Lambda's guide: a function with reserved concurrency has so much and no more; what the account has
 * beyond it is shared by all others; and each function gets 1,000 new instances in 10 s.
 */
import { ThrottledError } from '../lambdaErrors.ts';
import { createTokenBucket } from './tokenBucket.ts';

/** Invocations at once in an AWS account, after "Lambda quotas" in Lambda's guide. */
export const ACCOUNT_CONCURRENCY = 1000;

/** Instances that a function gets at once, and again so many in 10 s. */
export const SCALING = { rate: 100, burst: 1000 } as const;

export interface ConcurrencyOptions {
  /** Invocations at once of all functions together. */
  readonly account: number;
  /** Reserved concurrency by function; a function that is not there has none. */
  readonly reserved: ReadonlyMap<string, number>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Counts what runs, and refuses what would be too much. */
export interface Concurrency {
  /**
   * Takes in one more invocation of a function; `leave` once it is over.
   *
   * @throws ThrottledError
   */
  enter(name: string): void;
  leave(name: string): void;
  /**
   * One more instance of a function is about to be made.
   *
   * @throws ThrottledError
   */
  grow(name: string): void;
}

export function createConcurrency({
  account,
  reserved,
  now = () => performance.now(),
}: ConcurrencyOptions): Concurrency {
  const running = new Map<string, number>();
  const growth = new Map<string, ReturnType<typeof createTokenBucket>>();
  const unreserved = account - [...reserved.values()].reduce((sum, count) => sum + count, 0);
  let runningUnreserved = 0;

  return {
    enter(name) {
      const count = running.get(name) ?? 0;
      const own = reserved.get(name);
      if (own !== undefined && count >= own) throw new ThrottledError('reserved');
      if (own === undefined) {
        if (runningUnreserved >= unreserved) throw new ThrottledError('account');
        runningUnreserved += 1;
      }
      running.set(name, count + 1);
    },
    leave(name) {
      running.set(name, (running.get(name) ?? 1) - 1);
      if (!reserved.has(name)) runningUnreserved -= 1;
    },
    grow(name) {
      const bucket = growth.get(name) ?? createTokenBucket(SCALING);
      growth.set(name, bucket);
      if (bucket.take(now()) !== undefined) throw new ThrottledError('scaling');
    },
  };
}

/** Nothing is refused. */
export const unlimited: Concurrency = { enter() {}, leave() {}, grow() {} };
