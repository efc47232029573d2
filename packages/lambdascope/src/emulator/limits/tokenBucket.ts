/** The algorithm by which API Gateway throttles: a token counts for a request. */
import type { Throttle } from './throttle.ts';

export interface TokenBucket {
  /**
   * Takes a token, if there is one.
   *
   * @param now in milliseconds, of a clock that never goes back
   * @returns why there is none: `burst` when the bucket was full less than a second ago, so that all
   *   its tokens went at once, else `rate`
   */
  take(now: number): 'rate' | 'burst' | undefined;
}

/**
 * A bucket that is full at first. Tokens flow in all the time, and are taken whole. A rate of 0 refuses
 * everything, the tokens of the start too: who sets it wants no requests.
 */
export function createTokenBucket({ rate, burst }: Throttle): TokenBucket {
  // In thousandths of a token, which a millisecond brings `rate` of: whole numbers stay exact.
  const capacity = burst * 1000;
  let level = capacity;
  let filledAt = Number.NEGATIVE_INFINITY;
  let fullAt = filledAt;

  return {
    take(now) {
      if (rate === 0) return 'rate';
      level = Math.min(capacity, level + (now - filledAt) * rate);
      filledAt = now;
      if (level === capacity) fullAt = now;
      if (level < 1000) return now - fullAt < 1000 ? 'burst' : 'rate';
      level -= 1000;
      return undefined;
    },
  };
}
