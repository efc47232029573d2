/** Numbers and times as the page writes them: three significant digits, with a unit. */

import type { Figure } from '../emulator/live/frame.ts';

/** What stands where there is no number. */
export const NOTHING = '–';

function isNumber(value: Figure | undefined): value is number {
  return Number.isFinite(value);
}

/** A count, grouped: 12,345. */
export function formatCount(value: Figure | undefined): string {
  return isNumber(value) ? Math.round(value).toLocaleString('en-US') : NOTHING;
}

/** A count with its noun: 1 invocation, 1,204 invocations. */
export function formatNoun(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A level or rate: 0, 0.35, 12.4, 1,204. */
export function formatNumber(value: Figure | undefined): string {
  if (!isNumber(value)) return NOTHING;
  const digits = value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** A duration in seconds: 840 µs, 1.25 ms, 12.1 ms, 1.5 s. */
export function formatSeconds(value: Figure | undefined): string {
  if (!isNumber(value)) return NOTHING;
  if (value >= 1) return `${formatNumber(value)} s`;
  if (value >= 1e-3) return `${formatNumber(value * 1e3)} ms`;
  return `${formatNumber(value * 1e6)} µs`;
}

/** A size: 840 B, 1.25 KiB, 12.1 MiB. */
export function formatBytes(value: Figure | undefined): string {
  if (!isNumber(value)) return NOTHING;
  if (value >= 2 ** 30) return `${formatNumber(value / 2 ** 30)} GiB`;
  if (value >= 2 ** 20) return `${formatNumber(value / 2 ** 20)} MiB`;
  if (value >= 2 ** 10) return `${formatNumber(value / 2 ** 10)} KiB`;
  return `${formatNumber(value)} B`;
}

/** A share of 1: 0 %, 0.52 %, 12.5 %. */
export function formatShare(value: Figure | undefined): string {
  return isNumber(value) ? `${formatNumber(value * 100)} %` : NOTHING;
}

/** A long duration in its two largest units: 42 s, 3 min 20 s, 2 h 5 min, 4 d 3 h. */
export function formatUptime(seconds: Figure | undefined): string {
  if (!isNumber(seconds)) return NOTHING;
  const whole = Math.max(0, Math.floor(seconds));
  const [d, h, min, s] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${min} min`;
  return min > 0 ? `${min} min ${s} s` : `${s} s`;
}

/** A span in its largest unit: 42 s, 3 min. */
export function formatSpan(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** Local time of day of a Unix time in seconds: 14:03:07. */
export function formatClock(time: number): string {
  return clock.format(time * 1000);
}

/** The same with milliseconds: 14:03:07.042. */
export function formatInstant(time: number): string {
  return `${formatClock(time)}.${String(Math.floor(time * 1000) % 1000).padStart(3, '0')}`;
}

/** An amount of money in US dollars, however small: $12.30, $0.0000167. */
export function formatDollars(value: number): string {
  if (value === 0) return '$0';
  const digits =
    value >= 0.1
      ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      : { maximumSignificantDigits: 3 };
  return `$${value.toLocaleString('en-US', digits)}`;
}
