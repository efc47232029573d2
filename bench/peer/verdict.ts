/** What a model says of a row, however a service writes it. */
import { model } from '../../lib/servedModel.ts';

/** A class, and the share of each in the order of the model's classes. */
export interface Verdict {
  readonly prediction: string;
  readonly shares: readonly number[];
}

/** The verdict that shares amount to: the class with the largest, the first of several. */
export function verdict(shares: readonly number[]): Verdict {
  return { prediction: model.classes[shares.indexOf(Math.max(...shares))] ?? '', shares };
}

/** Difference of shares that is the rounding of a service. */
const ROUNDING = 1e-9;

/** Whether two lists of verdicts are the same. */
export function agree(some: readonly Verdict[], others: readonly Verdict[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ prediction, shares }, row) => {
      const other = others[row];
      return (
        prediction === other?.prediction &&
        shares.length === other.shares.length &&
        shares.every((share, index) => Math.abs(share - (other.shares[index] ?? 1)) < ROUNDING)
      );
    })
  );
}
