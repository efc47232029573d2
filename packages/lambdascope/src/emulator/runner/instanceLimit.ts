/** Keeps the instances of this machine within its memory. */
import { totalmem } from 'node:os';
import { instances } from '../instanceEvents.ts';
import { ThreadInstance } from './instance.ts';

/** What an instance takes at most, as a rule: 10 MB when idle, more while it answers batches. */
const BYTES = 32 * 2 ** 20;

/** Part of the machine's memory, or of the container's, that instances may take. */
const SHARE = 0.5;

/** There is no room for one more instance, as all are busy. */
export class TooManyInstancesError extends Error {
  override readonly name = 'TooManyInstancesError';
  readonly code = 'too_many_instances';

  constructor(limit: number) {
    // The emulator answers with the status in brackets.
    super(
      `[429] All ${limit} instances that may run at once are busy; MAX_INSTANCES sets another number.`,
    );
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** Instances that fit into the memory that this process may use. */
export function instancesThatFit(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.max(1, Math.floor((bytes * SHARE) / BYTES));
}

/**
 * Makes room for one more instance, by ending an idle one where it must.
 *
 * @param limit instances at most
 * @throws TooManyInstancesError when all are busy
 */
export function makeRoom(limit: number): void {
  if (instances.size < limit) return;
  const idle = [...instances].find((one) => one instanceof ThreadInstance && !one.isBusy) as
    | ThreadInstance
    | undefined;
  if (idle === undefined) throw new TooManyInstancesError(limit);
  void idle.end();
}
