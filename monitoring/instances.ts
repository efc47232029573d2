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

/** Of instances that are at an invocation. */
export function busyFunctions(): string[] {
  return [...instances]
    .filter((instance) => instance.isBusy && isObserved(instance))
    .map((instance) => instance.function);
}
