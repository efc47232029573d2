/** Writes measured figures for people. */

const UNITS = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
] as const;

/** A time with three digits and its unit, from seconds. */
export function time(seconds: number): string {
  const [size, unit] = UNITS.find(([least]) => Math.abs(seconds) >= least) ?? [1e-9, 'ns'];
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}

/** A rate, from how many a second. */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}

/** A ratio: how many times as much. */
export function times(ratio: number): string {
  return `${Number(ratio.toPrecision(3))}×`;
}

/** Bytes in MB. */
export function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}

/** A share of 1, in percent. */
export function share(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(2))} %`;
}
