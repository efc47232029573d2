/** What a Lambda instance knows of itself: who it is, whether it is cold, and how busy it is. */
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/** One Lambda instance: a process in AWS, a worker thread under serverless-offline. */
export interface Instance {
  /** Random: the log stream that Lambda names is the same for every local instance. */
  readonly id: string;
  /** Seconds from the start of the process or thread to `startInstance`. */
  readonly initSeconds: number;
  /** An invocation begins; true for the first, when its client waited for the init. */
  takeColdStart(): boolean;
  heapUsedBytes(): number;
  /**
   * Busy share of the event loop since the previous call, 0 to 1. None at the first call: a new
   * instance has only loaded and never waited, which says nothing of how busy its function keeps it.
   */
  eventLoopUtilization(): number | undefined;
}

/** Whether the invocation at hand is a cold start. */
let cold = false;

/** Whether the invocation at hand waited for this instance to start; false outside of an observed handler. */
export function isColdStart(): boolean {
  return cold;
}

/**
 * The instance that this module was loaded into; call it last at module load.
 *
 * @param onDemand whether the instance was made for a waiting client
 */
export function startInstance(onDemand: boolean): Instance {
  let isFirst = true;
  let utilization: EventLoopUtilization | undefined;
  return {
    id: randomId(),
    initSeconds: ageSeconds(),
    takeColdStart() {
      cold = isFirst && onDemand;
      isFirst = false;
      return cold;
    },
    heapUsedBytes: () => getHeapStatistics().used_heap_size,
    eventLoopUtilization() {
      const now = performance.eventLoopUtilization();
      const previous = utilization;
      utilization = now;
      return previous && performance.eventLoopUtilization(now, previous).utilization;
    },
  };
}

/** Not a secret, so no reason to load Node's crypto in each cold start. */
function randomId(): string {
  return Math.random().toString(36).slice(2);
}

/** Seconds since the process or thread started. */
export function ageSeconds(): number {
  // In a thread the clock is the host process's, so the thread's own start is asked for.
  const bornAt = isMainThread ? 0 : performance.nodeTiming.environment;
  return (performance.now() - bornAt) / 1000;
}
