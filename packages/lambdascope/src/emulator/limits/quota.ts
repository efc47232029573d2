/** How many requests a usage plan gives a key in a day, a week or a month. */

export const quotaPeriods = ['DAY', 'WEEK', 'MONTH'] as const;

export interface QuotaSettings {
  readonly limit: number;
  readonly period: (typeof quotaPeriods)[number];
  /**
   * Requests subtracted from the limit in the initial period, as AWS documents it. (What AWS takes for
   * it, none by day, 6 by week and 27 by month at most, looks like days; nothing says so.)
   */
  readonly offset: number;
}

export interface Quota {
  /** Takes a request, if one is left in the period of `now`, in milliseconds of Unix time. */
  take(now: number): 'quota' | undefined;
}

/**
 * A quota whose initial period is that of `since`. Periods begin at 00:00 UTC; a week begins on Sunday,
 * which AWS leaves open. A clock that is set back gives no requests back.
 */
export function createQuota({ limit, period, offset }: QuotaSettings, since: number): Quota {
  let end = endOf(period, since);
  let left = limit - offset;

  return {
    take(now) {
      if (now >= end) {
        end = endOf(period, now);
        left = limit;
      }
      if (left < 1) return 'quota';
      left -= 1;
      return undefined;
    },
  };
}

function endOf(period: QuotaSettings['period'], now: number): number {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (period === 'MONTH') return Date.UTC(year, month + 1);
  return Date.UTC(year, month, day + (period === 'DAY' ? 1 : 7 - date.getUTCDay()));
}
