/** What a request waited for, one after the other. */
import type { Phase, PhaseName } from './request.ts';

/** When what happened to a request, in milliseconds of `performance.now()`. */
export interface Times {
  readonly receivedAt: number;
  /** When its function was invoked. */
  readonly invokedAt: number;
  /** When an instance was given it; none where a limit stood against it. */
  readonly givenAt: number | undefined;
  /** When the handler was called. */
  readonly beganAt: number | undefined;
  /** When the function had answered, or had failed. */
  readonly endedAt: number;
  /** When the client had its answer. */
  readonly answeredAt: number;
}

/** The phases of a request, without those that took no time: each begins where the one before ends. */
export function phasesOf(times: Times, isCold: boolean): Phase[] {
  const { receivedAt, invokedAt, givenAt = invokedAt, endedAt, answeredAt } = times;
  const beganAt = times.beganAt ?? givenAt;
  const ends: readonly (readonly [PhaseName, number])[] = [
    ['gateway', invokedAt],
    ['queue', isCold ? givenAt : beganAt],
    ['init', beganAt],
    ['function', endedAt],
    ['answer', answeredAt],
  ];
  const phases: Phase[] = [];
  let at = receivedAt;
  for (const [name, end] of ends) {
    if (end <= at) continue;
    phases.push({ name, startSeconds: (at - receivedAt) / 1000, seconds: (end - at) / 1000 });
    at = end;
  }
  return phases;
}
