import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ThrottledError } from '../lambdaErrors.ts';
import { createConcurrency } from './concurrency.ts';

const names = ['small', 'large', 'free', 'other'] as const;
const name = fc.constantFrom(...names);

/** Why something is refused; nothing when it is not. */
function refusal(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ThrottledError) return error.reason;
    throw error;
  }
}

it('lets in what is reserved, of others what the account has beyond it, and no more', () => {
  const step = fc.record({ name, enters: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.nat(5),
      fc.nat(8),
      fc.nat(20),
      (steps, small, large, beyond) => {
        const reserved = new Map([
          ['small', small],
          ['large', large],
        ]);
        const account = small + large + beyond;
        const concurrency = createConcurrency({ account, reserved });
        const running: Record<string, number> = { small: 0, large: 0, free: 0, other: 0 };
        for (const { name, enters } of steps) {
          const before = running[name] ?? 0;
          if (!enters) {
            if (before === 0) continue;
            concurrency.leave(name);
            running[name] = before - 1;
            continue;
          }
          const own = reserved.get(name);
          const isFull =
            own === undefined
              ? (running['free'] ?? 0) + (running['other'] ?? 0) >= beyond
              : before >= own;
          const why = own === undefined ? 'account' : 'reserved';
          expect(refusal(() => concurrency.enter(name))).toBe(isFull ? why : undefined);
          if (!isFull) running[name] = before + 1;
        }
      },
    ),
  );
});

it('lets each function grow by 1,000 instances at once, and by 100 a second after them', () => {
  let now = 0;
  const concurrency = createConcurrency({ account: 1e6, reserved: new Map(), now: () => now });
  const grown = (name: string, times: number) =>
    Array.from({ length: times }, () => refusal(() => concurrency.grow(name))).filter(
      (reason) => reason === undefined,
    ).length;
  expect(grown('one', 1500)).toBe(1000);
  expect(refusal(() => concurrency.grow('one'))).toBe('scaling');
  expect(grown('another', 1)).toBe(1);
  now = 500;
  expect(grown('one', 100)).toBe(50);
  // What is not used is not saved up.
  now = 3_600_000;
  expect(grown('one', 2000)).toBe(1000);
});
