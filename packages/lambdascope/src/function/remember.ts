/**
 * What a function answered, remembered in the emulator until a later invocation, of whichever function and
 * instance, takes it: once. So what comes out later of an answer can be counted beside it. In AWS there is no
 * such memory, and what is needed to join both belongs into properties.
 */
import { channel } from 'node:diagnostics_channel';
import { isRecording } from '../metrics.ts';
import { ASKS, type Ask, type Taken } from './asks.ts';
import { config } from './config.ts';

/** An answer to be remembered. */
export interface Remembered {
  readonly id: string;
  /** What was answered, a byte for each part of it. */
  readonly parts: Uint8Array;
  /** What goes for all parts, such as a version; given back with each. */
  readonly note: string;
}

let remembered: Remembered[] = [];

/**
 * Has an answer remembered under its id, in place of an earlier one of the same id: for an hour, unless too
 * many come after it. It is, before the answer of this invocation leaves.
 *
 * @param id what a later invocation will ask for, such as the id of the request
 * @param parts a byte for each part of the answer
 * @param note what goes for all parts
 */
export function remember(id: string, parts: Uint8Array, note = ''): void {
  // A copy of just these bytes: all of the memory that they are in would be sent otherwise.
  if (isRecording()) remembered.push({ id, parts: parts.slice(), note });
}

/**
 * Takes a part of an answer that was remembered. Of any number of invocations that ask for it, one gets it.
 *
 * @returns nothing where nobody remembers: in AWS, and in instances of serverless-offline's own runner
 */
export async function take(id: string, part = 0): Promise<Taken | undefined> {
  const asks = channel(ASKS);
  // What is not reported to the emulator is not remembered there.
  if (config.sink !== 'local' || !asks.hasSubscribers) return undefined;
  return new Promise((answer) => asks.publish({ wanted: { id, part }, answer } satisfies Ask));
}

/** An observed invocation ends: what it had remembered. */
export function endRemembering(): readonly Remembered[] {
  const all = remembered;
  remembered = [];
  return all;
}
