/** What functions had remembered of their answers, until it is taken; see `lambdascope/remember`. */

import type { Taken, Wanted } from '../function/asks.ts';
import type { Report } from '../function/localSink.ts';
import type { Remembered } from '../function/remember.ts';
import { type GivenInvocation, instanceEvents, type Outcome } from './instanceEvents.ts';

/** How much is remembered; the oldest is forgotten first. */
export interface Bounds {
  /** How long an answer can be taken, in milliseconds. */
  readonly maxAgeMillis: number;
  /** Parts of all answers together. */
  readonly maxParts: number;
  /** Ids of forgotten answers that are still known to have been. */
  readonly maxForgotten: number;
}

const HOUR = 3_600_000;

/** Some ten megabytes, where each answer has one part; far less, where it has many. */
export const BOUNDS: Bounds = { maxAgeMillis: HOUR, maxParts: 100_000, maxForgotten: 100_000 };

interface Kept {
  readonly at: number;
  readonly note: string;
  /** A character a part: a text of a few is smaller by far than an array of bytes. */
  readonly parts: string;
  /** The parts that have been taken. */
  taken: Set<number> | undefined;
}

/** Remembers answers, within bounds. */
export class AnswerMemory {
  readonly #bounds: Bounds;
  readonly #now: () => number;
  /** By id, the oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #forgotten = new Set<string>();
  #parts = 0;

  /** @param now the time, in milliseconds */
  constructor(bounds: Bounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  /** Remembers an answer, in place of an earlier one of its id. */
  remember({ id, note, parts }: Remembered): void {
    this.#drop(id);
    this.#forgotten.delete(id);
    const text = Buffer.from(parts).toString('latin1');
    this.#kept.set(id, { at: this.#now(), note, parts: text, taken: undefined });
    this.#parts += text.length;
    this.#forget();
  }

  /** Takes a part of an answer, so that nobody else gets it. */
  take({ id, part }: Wanted): Taken {
    this.#forget();
    const kept = this.#kept.get(id);
    if (kept === undefined) return { kind: this.#forgotten.has(id) ? 'forgotten' : 'unknown' };
    const { parts, note } = kept;
    const value = parts.charCodeAt(part);
    if (Number.isNaN(value)) return { kind: 'noSuchPart', parts: parts.length };
    if (kept.taken?.has(part)) return { kind: 'takenBefore' };
    kept.taken ??= new Set();
    kept.taken.add(part);
    return { kind: 'taken', value, note };
  }

  #forget(): void {
    const { maxAgeMillis, maxParts, maxForgotten } = this.#bounds;
    const oldest = this.#now() - maxAgeMillis;
    for (const [id, { at }] of this.#kept) {
      if (at > oldest && this.#parts <= maxParts) break;
      this.#drop(id);
      this.#forgotten.add(id);
    }
    for (const id of this.#forgotten) {
      if (this.#forgotten.size <= maxForgotten) break;
      this.#forgotten.delete(id);
    }
  }

  #drop(id: string): void {
    this.#parts -= this.#kept.get(id)?.parts.length ?? 0;
    this.#kept.delete(id);
  }
}

/** Remembers what functions tell to, and answers those that ask, from now on; gives what ends it. */
export function startAnswerMemory(): () => void {
  const memory = new AnswerMemory(BOUNDS, () => performance.now());

  function over(_invocation: GivenInvocation, _outcome: Outcome, reports: readonly unknown[]) {
    for (const report of reports as readonly Report[]) {
      if (report.kind !== 'observation') continue;
      for (const answer of report.observation.remembered) memory.remember(answer);
    }
  }

  function asked(wanted: Wanted, answer: (taken: Taken) => void): void {
    answer(memory.take(wanted));
  }

  instanceEvents.on('over', over).on('asked', asked);
  return () => void instanceEvents.off('over', over).off('asked', asked);
}
