/** Numbers as people read them. */

/** A time in milliseconds with its unit and three digits: `0.52 ms`, `12.3 ms`, `1.24 s`. */
export function formatTime(milliseconds: number): string {
  return milliseconds < 999.5 ? `${digits(milliseconds)} ms` : `${digits(milliseconds / 1000)} s`;
}

/** A whole number with its thousands apart. */
export function formatCount(count: number): string {
  return count.toLocaleString('en', { maximumFractionDigits: 0 });
}

/** A rate with as many decimals as it needs: `0.4`, `19.8`, `2,140`. */
export function formatRate(perSecond: number): string {
  return perSecond >= 99.95 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** A length of time for a person who waits: `45 s`, `2 min 5 s`. */
export function formatSpan(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}

function digits(value: number): string {
  return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}
