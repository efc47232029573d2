import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Taken } from '../function/asks.ts';
import { AnswerMemory, type Bounds } from './answerMemory.ts';

const BOUNDS: Bounds = { maxAgeMillis: 60, maxParts: 8, maxForgotten: 2 };

/** The same, as it can be said of the whole history: which answers are left is found anew each time. */
class Reference {
  readonly #bounds: Bounds;
  #answers: { id: string; at: number; parts: readonly number[]; note: string }[] = [];
  /** Ids, the one that was forgotten first first. */
  #forgotten: string[] = [];
  readonly #taken = new Set<string>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  remember(id: string, parts: readonly number[], note: string, at: number): void {
    this.#answers = this.#answers.filter((one) => one.id !== id).concat({ id, at, parts, note });
    this.#forgotten = this.#forgotten.filter((one) => one !== id);
    for (const key of [...this.#taken]) if (key.startsWith(`${id}/`)) this.#taken.delete(key);
    this.#keepBounds(at);
  }

  take(id: string, part: number, at: number): Taken {
    this.#keepBounds(at);
    const answer = this.#answers.find((one) => one.id === id);
    if (answer === undefined) {
      return { kind: this.#forgotten.includes(id) ? 'forgotten' : 'unknown' };
    }
    const value = answer.parts[part];
    if (value === undefined) return { kind: 'noSuchPart', parts: answer.parts.length };
    if (this.#taken.has(`${id}/${part}`)) return { kind: 'takenBefore' };
    this.#taken.add(`${id}/${part}`);
    return { kind: 'taken', value, note: answer.note };
  }

  #keepBounds(now: number): void {
    const { maxAgeMillis, maxParts, maxForgotten } = this.#bounds;
    const isLeft = (index: number) => {
      const after = this.#answers.slice(index);
      const parts = after.reduce((sum, one) => sum + one.parts.length, 0);
      return now - (after[0]?.at ?? 0) < maxAgeMillis && parts <= maxParts;
    };
    const first = this.#answers.findIndex((_, index) => isLeft(index));
    const gone = this.#answers.splice(0, first === -1 ? this.#answers.length : first);
    this.#forgotten = this.#forgotten.concat(gone.map(({ id }) => id)).slice(-maxForgotten);
  }
}

// Few of everything, so that steps meet one another and bounds are met exactly.
const id = fc.constantFrom(...'abcdef');
const step = fc.oneof(
  fc.record({
    kind: fc.constant('remember' as const),
    id,
    parts: fc.uint8Array({ minLength: 1, maxLength: 3 }),
    note: fc.constantFrom('1', '2'),
  }),
  fc.record({ kind: fc.constant('take' as const), id, part: fc.nat(3) }),
  fc.record({ kind: fc.constant('take' as const), id, part: fc.constant(0) }),
  fc.record({ kind: fc.constant('wait' as const), millis: fc.constantFrom(0, 10, 20, 30) }),
);

describe('the memory of answers', () => {
  it('gives what its history says', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
        let now = 0;
        const memory = new AnswerMemory(BOUNDS, () => now);
        const reference = new Reference(BOUNDS);
        for (const one of steps) {
          if (one.kind === 'wait') now += one.millis;
          else if (one.kind === 'remember') {
            memory.remember(one);
            reference.remember(one.id, [...one.parts], one.note, now);
          } else {
            expect(memory.take(one)).toEqual(reference.take(one.id, one.part, now));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps each of the 256 values of a byte', () => {
    const memory = new AnswerMemory({ ...BOUNDS, maxParts: 256 }, () => 0);
    memory.remember({ id: 'all', parts: Uint8Array.from({ length: 256 }, (_, i) => i), note: '' });
    for (let part = 0; part < 256; part += 1) {
      expect(memory.take({ id: 'all', part })).toMatchObject({ kind: 'taken', value: part });
    }
  });

  it('forgets at once what is larger than all that it may keep', () => {
    const memory = new AnswerMemory(BOUNDS, () => 0);
    memory.remember({ id: 'small', parts: Uint8Array.of(1), note: '' });
    memory.remember({ id: 'large', parts: new Uint8Array(9), note: '' });
    for (const id of ['small', 'large']) {
      expect(memory.take({ id, part: 0 })).toEqual({ kind: 'forgotten' });
    }
    memory.remember({ id: 'after', parts: Uint8Array.of(2), note: '' });
    expect(memory.take({ id: 'after', part: 0 })).toMatchObject({ kind: 'taken' });
  });
});
