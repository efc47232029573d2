/** Waits for a condition, with a deadline, instead of sleeping. */
import { setTimeout as pause } from 'node:timers/promises';

/** Time between two looks, in milliseconds. */
const PAUSE = 50;

/** Seconds; far more than a slow and busy machine takes, so that only what never comes is late. */
const DEADLINE = 180;

/**
 * The first value that `look` gives without throwing.
 *
 * @throws Error with the last failure as its cause when the deadline passes.
 */
export async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + DEADLINE * 1000;
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (performance.now() > deadline) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`not within ${DEADLINE} s: ${why}`, { cause });
      }
    }
    await pause(PAUSE);
  }
}
