/** Times and sizes as people write them. */

const UNITS = { ms: 1, s: 1000, B: 1, kB: 1000, MB: 1e6 } as const;

/** What a time looks like. */
export const TIME = String.raw`^\d+(\.\d+)? ?(ms|s)$`;
/** What a size looks like. */
export const SIZE = String.raw`^\d+(\.\d+)? ?(B|kB|MB)$`;

/** Milliseconds of a time, or bytes of a size. */
export function quantity(text: string): number {
  const [, number, unit = ''] = /^([\d.]+) ?(\w+)$/.exec(text) ?? [];
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** Milliseconds with three digits: 0.42, 61.3, 1204. */
export function millisText(millis: number): string {
  const size = Math.abs(millis);
  return millis.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A size: 840 B, 81.2 kB, 1.44 MB. */
export function bytesText(bytes: number): string {
  const size = Math.abs(bytes);
  if (size >= 1e6) return `${millisText(bytes / 1e6)} MB`;
  return size >= 1000 ? `${millisText(bytes / 1000)} kB` : `${bytes} B`;
}
