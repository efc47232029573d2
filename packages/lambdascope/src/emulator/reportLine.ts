/** The line that Lambda writes after each invocation: "Working with Lambda function logs" in its guide. */
import { type GivenInvocation, instanceEvents, isCold, type Outcome } from './instanceEvents.ts';

/** Writes it for every invocation from now on; gives what ends that. */
export function writeReportLines(write: (line: string) => void): () => void {
  const over = (invocation: GivenInvocation, outcome: Outcome) => {
    write(reportLine(invocation, outcome, performance.now()));
  };
  instanceEvents.on('over', over);
  return () => instanceEvents.off('over', over);
}

/** Times of an invocation as Lambda bills them, in milliseconds. */
export interface BilledTime {
  readonly durationMillis: number;
  readonly initMillis: number;
  readonly billedMillis: number;
}

/**
 * What Lambda bills of an invocation. The init of an instance is billed since August 2025, but that of a
 * provisioned one, which is billed by the hour.
 *
 * @param endedAt of `performance.now()`
 */
export function billedTime(invocation: GivenInvocation, endedAt: number): BilledTime {
  const { instance, givenAt, beganAt } = invocation;
  const initMillis = isCold(invocation) ? (instance.initSeconds ?? 0) * 1000 : 0;
  const durationMillis = Math.max(0, endedAt - (beganAt ?? givenAt + initMillis));
  return { durationMillis, initMillis, billedMillis: Math.ceil(durationMillis + initMillis) };
}

/**
 * The line of one invocation.
 *
 * @param endedAt of `performance.now()`
 */
export function reportLine(invocation: GivenInvocation, outcome: Outcome, endedAt: number): string {
  const { instance, requestId } = invocation;
  const { durationMillis, initMillis, billedMillis } = billedTime(invocation, endedAt);
  const memory = instance.maxMemoryUsedBytes;
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMillis.toFixed(2)} ms`,
    `Billed Duration: ${billedMillis} ms`,
    `Memory Size: ${megabytes(instance.memorySizeBytes)} MB`,
    ...(memory === undefined ? [] : [`Max Memory Used: ${megabytes(memory)} MB`]),
    ...(initMillis > 0 ? [`Init Duration: ${initMillis.toFixed(2)} ms`] : []),
    ...STATUS[outcome.kind],
    '',
  ].join('\t');
}

const STATUS: Readonly<Record<Outcome['kind'], readonly string[]>> = {
  answered: [],
  failed: ['Status: error'],
  timeout: ['Status: timeout'],
  memory: ['Status: error', 'Error Type: Runtime.OutOfMemory'],
};

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
