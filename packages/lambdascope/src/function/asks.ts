/**
 * What a function asks the emulator of answers that were remembered. Apart from what asks: that reads a function's
 * environment at load, which in the emulator's own process is not there yet.
 */

/** On this channel within its instance a function asks the emulator. */
export const ASKS = 'lambdascope:asks';

/** The part of an answer that is asked for. */
export interface Wanted {
  readonly id: string;
  /** Index of the part. */
  readonly part: number;
}

/** What came of it. */
export type Taken =
  | { readonly kind: 'taken'; readonly value: number; readonly note: string }
  /** There was never an answer of this id, or so long ago that its id is forgotten too. */
  | { readonly kind: 'unknown' }
  /** It has been taken before. */
  | { readonly kind: 'takenBefore' }
  /** It was too long ago, or too many came after it. */
  | { readonly kind: 'forgotten' }
  /** The answer had only so many parts. */
  | { readonly kind: 'noSuchPart'; readonly parts: number };

/** A question on its way to the emulator. */
export interface Ask {
  readonly wanted: Wanted;
  /** Called once, with nothing where nobody remembers. */
  readonly answer: (taken: Taken | undefined) => void;
}
