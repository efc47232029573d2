/** Splits rows into folds for cross-validation. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Folds of every cross-validation here. */
export const FOLDS = 5;

/** Rows to learn from, and rows held out to measure with: indexes. */
export interface Fold {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** Splits rows into folds that each have every class in the same proportion, or as near as can be. */
export function stratifiedFolds(labels: readonly number[], seed: number): Fold[] {
  const generator = xoroshiro128plus(seed);
  const shuffled = [...labels.keys()];
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = uniformInt(generator, 0, i);
    [shuffled[i], shuffled[j]] = [shuffled[j] as number, shuffled[i] as number];
  }
  // Dealt out like cards, class after class.
  shuffled.sort((a, b) => (labels[a] as number) - (labels[b] as number));
  return Array.from({ length: FOLDS }, (_, fold) => ({
    train: shuffled.filter((_, position) => position % FOLDS !== fold),
    heldOut: shuffled.filter((_, position) => position % FOLDS === fold),
  }));
}

/** The items at the given indexes. */
export function pick<T>(items: readonly T[], indexes: readonly number[]): T[] {
  return indexes.map((index) => items[index] as T);
}

/** Indexes of rows drawn without replacement, ascending: as many as wanted, or all. */
export function drawRows(rows: number, wanted: number, generator: RandomGenerator): number[] {
  const all = Array.from({ length: rows }, (_, index) => index);
  if (rows <= wanted) return all;
  for (let i = 0; i < wanted; i += 1) {
    const j = uniformInt(generator, i, rows - 1);
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all.slice(0, wanted).sort((a, b) => a - b);
}
