/** Instances that are made before any request, and are not ended for being idle. */
import { instanceEvents, instances, isProvisioned } from '../instanceEvents.ts';
import { keepIdle } from './idleInstances.ts';
import { LocalInstance } from './instance.ts';

/** Event that is no invocation: it only makes a provisioned instance. */
export const PROVISION = Symbol('provision');

let provisioning = false;

/** From now on provisioned instances are kept. */
export function beginProvisioning(): void {
  provisioning = true;
}

/** Whether provisioned instances are kept. */
export function isProvisioning(): boolean {
  return provisioning;
}

instanceEvents.on('loaded', (instance) => {
  if (instance instanceof LocalInstance && isProvisioned(instance)) keepIdle(instance);
});

/** Until all have loaded, or could not. */
export function whenProvisioned(): Promise<void> {
  return new Promise((resolve) => {
    function look(): void {
      if (all().some(({ isLoading }) => isLoading)) return;
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
  const waiting = all().filter(({ isBusy }) => !isBusy);
  await Promise.all(waiting.map((instance) => instance.end()));
}

function all(): LocalInstance[] {
  return [...instances].filter((one) => one instanceof LocalInstance).filter(isProvisioned);
}
