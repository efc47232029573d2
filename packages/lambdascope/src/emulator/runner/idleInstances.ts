/** Instances that wait for an invocation, whichever of serverless-offline's runners they had the last one from. */
import type { LocalInstance } from './instance.ts';

/** By function, the oldest last. */
const idle = new Map<string, LocalInstance[]>();

/**
 * The oldest instance of a function that waits: provisioned ones are older than others, and where few are
 * needed it is always the same few, so that the others end, and caches stay warm.
 */
export function takeIdle(functionKey: string): LocalInstance | undefined {
  const waiting = idle.get(functionKey);
  for (;;) {
    const instance = waiting?.pop();
    if (instance === undefined || instance.isAlive) return instance;
  }
}

/** Lets an instance wait. */
export function keepIdle(instance: LocalInstance): void {
  const waiting = idle.get(instance.function) ?? [];
  idle.set(instance.function, waiting);
  const place = waiting.findIndex(({ number }) => number < instance.number);
  waiting.splice(place === -1 ? waiting.length : place, 0, instance);
}
