/** Keeps the instances of this machine within its memory. */
import { totalmem } from 'node:os';
import { maxInstances } from '../environment.ts';
import { instances, isProvisioned } from '../instanceEvents.ts';
import { ThrottledError } from '../lambdaErrors.ts';
import { LocalInstance } from './instance.ts';

/** What an instance takes at most, as a rule: 12 MB when idle, more while it answers batches. */
const BYTES = 32 * 2 ** 20;

/** Part of the machine's memory, or of the container's, that instances may take. */
const SHARE = 0.5;

/** Instances at once: as MAX_INSTANCES says, else as many as fit into the memory that this process may use. */
export function mostInstances(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return maxInstances() ?? Math.max(1, Math.floor((bytes * SHARE) / BYTES));
}

/**
 * Makes room for one more instance, by ending an idle one where it must.
 *
 * @param limit instances at most
 * @throws ThrottledError when all are busy: here the machine is the account
 */
export function makeRoom(limit: number): void {
  if (instances.size < limit) return;
  for (const one of instances) {
    if (!(one instanceof LocalInstance) || one.isBusy) continue;
    if (isProvisioned(one)) continue;
    void one.end();
    return;
  }
  throw new ThrottledError('account');
}
