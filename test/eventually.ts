/** Waits for a condition, with a deadline, instead of sleeping. */
import { setTimeout as pause } from 'node:timers/promises';

/** Time between two looks, in milliseconds. */
const PAUSE = 50;

/**
 * The first value that `look` gives without throwing.
 *
 * @param seconds deadline
 * @throws Error with the last failure as its cause when the deadline passes.
 */
export async function eventually<T>(look: () => T | Promise<T>, seconds = 20): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (performance.now() > deadline) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`not within ${seconds} s: ${why}`, { cause });
      }
    }
    await pause(PAUSE);
  }
}
