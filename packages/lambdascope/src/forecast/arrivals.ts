/** When requests come: seconds after the start, ascending, `Infinity` after the last. */
import type { Sampler, Uniform } from './random.ts';

/** Requests as they come. */
export interface Arrivals {
  readonly next: Sampler;
  /** How long the one that came last takes, in seconds, where the traffic says that too. */
  readonly service?: Sampler;
}

/** Traffic: comes by the random numbers that it is given. */
export interface Traffic {
  readonly arrivals: (uniform: Uniform) => Arrivals;
  /** Requests that are to be expected. */
  readonly requests: number;
  /** How long it lasts. */
  readonly seconds: number;
  /** Whether it says how long each request takes. */
  readonly isTimed?: boolean;
}

const MINUTE = 60;

/** Independent of each other, `rate` a second. */
export function poisson(rate: number, seconds: number): Traffic {
  const arrivals = (uniform: Uniform) => {
    let now = 0;
    return {
      next: () => {
        now -= Math.log(uniform()) / rate;
        return now;
      },
    };
  };
  return { arrivals, requests: rate * seconds, seconds };
}

/** Evenly, the first one at once. */
export function evenly(rate: number, seconds: number): Traffic {
  const arrivals = () => {
    let count = 0;
    return { next: () => count++ / rate };
  };
  return { arrivals, requests: rate * seconds, seconds };
}

/** So many in each minute, at random times in it: the order statistics of even draws, one after the other. */
export function minutely(counts: readonly number[]): Traffic {
  const arrivals = (uniform: Uniform) => {
    let minute = 0;
    let left = counts[0] ?? 0;
    let now = 0;
    return {
      next: () => {
        while (left === 0) {
          minute += 1;
          if (minute >= counts.length) return Number.POSITIVE_INFINITY;
          now = minute * MINUTE;
          left = counts[minute] as number;
        }
        now += ((minute + 1) * MINUTE - now) * (1 - uniform() ** (1 / left));
        left -= 1;
        return now;
      },
    };
  };
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { arrivals, requests, seconds: counts.length * MINUTE };
}

/** Shapes of a day: the rate in a minute as a multiple of the mean, which is 1. */
const shapes = {
  /** The same all the time. */
  steady: () => 1,
  /** Nearly nobody at night, and at noon nearly twice as many as on average. */
  day: (minute: number) => 1 - 0.9 * Math.cos((2 * Math.PI * minute) / 1440),
  /** Calm, and ten times as many in every tenth minute. */
  burst: (minute: number) => (minute % 10 === 5 ? 10 : 1) / 1.9,
} as const satisfies Record<string, (minute: number) => number>;

/** Name of a shape. */
export type ProfileName = keyof typeof shapes;

export const profileNames = Object.keys(shapes) as ProfileName[];

/** Independent of each other, in the shape of a profile; `rate` a second on average. */
export function profile(name: ProfileName, rate: number, seconds: number): Traffic {
  if (name === 'steady') return poisson(rate, seconds);
  const shape = shapes[name];
  const arrivals = (uniform: Uniform) => {
    let minute = -1;
    let now = 0;
    let current = 0;
    return {
      next: () => {
        // What an exponential draw has left is spent at each minute's own rate.
        let left = -Math.log(uniform());
        for (;;) {
          const end = (minute + 1) * MINUTE;
          if (left <= (end - now) * current) {
            now += left / current;
            return now;
          }
          left -= (end - now) * current;
          now = end;
          minute += 1;
          current = rate * shape(minute);
        }
      },
    };
  };
  return { arrivals, requests: rate * seconds, seconds };
}
