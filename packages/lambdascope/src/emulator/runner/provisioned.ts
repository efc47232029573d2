/** Instances that were made before any request, and wait for one. */
import { instanceEvents } from '../instanceEvents.ts';
import type { LocalInstance } from './instance.ts';

/** Event that is no invocation: it only makes a provisioned instance. */
export const PROVISION = Symbol('provision');

const waiting = new Map<string, Set<LocalInstance>>();

let provisioning = false;

/** From now on provisioned instances are kept. */
export function beginProvisioning(): void {
  provisioning = true;
}

/** Whether provisioned instances are kept. */
export function isProvisioning(): boolean {
  return provisioning;
}

/** A provisioned instance of a function that has loaded and waits; from now on it is the caller's. */
export function takeProvisioned(functionKey: string): LocalInstance | undefined {
  const kept = waiting.get(functionKey);
  for (const instance of kept ?? []) {
    if (instance.isAlive && instance.initSeconds === undefined) continue;
    kept?.delete(instance);
    if (instance.isAlive) return instance;
  }
  return undefined;
}

/** Lets a provisioned instance wait, again: it is not ended for being idle. */
export function keepProvisioned(instance: LocalInstance): void {
  const kept = waiting.get(instance.function) ?? new Set();
  waiting.set(instance.function, kept.add(instance));
}

/** Until all that wait have loaded, or could not. */
export function whenProvisioned(): Promise<void> {
  return new Promise((resolve) => {
    function look(): void {
      const all = [...waiting.values()].flatMap((kept) => [...kept]);
      if (all.some((one) => one.isLoading)) return;
      instanceEvents.off('loaded', look).off('ended', look);
      resolve();
    }
    instanceEvents.on('loaded', look).on('ended', look);
    look();
  });
}

/** Ends those that wait; others are no longer kept. */
export async function endProvisioned(): Promise<void> {
  provisioning = false;
  const all = [...waiting.values()].flatMap((kept) => [...kept]);
  waiting.clear();
  await Promise.all(all.map((instance) => instance.end()));
}
