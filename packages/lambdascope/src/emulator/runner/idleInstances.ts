/** Instances that wait for an invocation, whichever of serverless-offline's runners they had the last one from. */
import type { LocalInstance } from './instance.ts';

const idle = new Map<string, LocalInstance[]>();

/** An instance of a function that waits: a provisioned one, if there is one, else the one that was used last. */
export function takeIdle(functionKey: string): LocalInstance | undefined {
  const all = (idle.get(functionKey) ?? []).filter(({ isAlive }) => isAlive);
  idle.set(functionKey, all);
  const provisioned = all.findLastIndex((one) => one.initializationType !== 'on-demand');
  // -1 is the last of all.
  return all.splice(provisioned, 1)[0];
}

/** Lets an instance wait. */
export function keepIdle(instance: LocalInstance): void {
  const all = idle.get(instance.function);
  if (all === undefined) idle.set(instance.function, [instance]);
  else all.push(instance);
}
