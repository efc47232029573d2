/** Options of a command line that are more than text. */
import { UsageError } from './usageError.ts';

/** A number that is not negative. */
export function number(text: string, flag: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!(value >= 0)) throw new UsageError(`${flag} ${text} is no number from 0.`);
  return value;
}

/** Two numbers with a dash between them, or one for both. */
export function range(text: string, flag: string): { low: number; high: number } {
  const [low = '', high = low] = text.split('-');
  const ends = { low: number(low, flag), high: number(high, flag) };
  if (ends.low > ends.high) throw new UsageError(`${flag} ${text} goes down.`);
  return ends;
}

/** One of a few words. */
export function oneOfThese<const Word extends string>(
  words: readonly Word[],
  text: string,
  flag: string,
): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) {
    throw new UsageError(`${flag} ${text} is none of ${words.join(', ')}.`);
  }
  return found;
}

/** The keys of an object whose keys are all known. */
export function keysOf<Key extends string>(object: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(object) as Key[];
}
