/** The functions of the instances that the gauges count: one name an instance. */
import { type Instance, instances } from '../tools/emulator/instance.ts';

/** Whether its function is observed; taken for granted until it has loaded and could have said so. */
export function isObserved({ loadedAt, hasReported }: Instance): boolean {
  return loadedAt === undefined || hasReported;
}

/** Of instances that are alive, busy or idle. */
export function aliveFunctions(): string[] {
  return [...instances].filter(isObserved).map((instance) => instance.function);
}

/** How many instances of a function are at an invocation. */
export function busyOf(name: string): number {
  let busy = 0;
  for (const instance of instances) if (instance.function === name && instance.isBusy) busy += 1;
  return busy;
}

/** Of instances that are at an invocation. */
export function busyFunctions(): string[] {
  return [...instances]
    .filter((instance) => instance.isBusy && isObserved(instance))
    .map((instance) => instance.function);
}
