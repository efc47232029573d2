/** What a limit answers in place of a prediction, and which reasons the server counts for it. */
import type { ThrottleReason } from 'lambdascope/emulator/limits/throttleReason';
import { gatewayProblem } from '../../lib/gatewayAnswers.ts';
import { objectIn } from './requests.ts';

/** A way to be refused by a limit. */
export interface Refusal {
  readonly status: number;
  /** As the server counts it. */
  readonly reasons: readonly ThrottleReason[];
}

/** A usage plan or a method takes no more. */
const throttled = gatewayProblem('THROTTLED');
/** A function has no instance for it: its integration has failed. */
const failed = gatewayProblem('INTEGRATION_FAILURE');

/** Every way. */
export const refusals: readonly Refusal[] = [
  { status: throttled.status, reasons: ['rate', 'burst', 'quota'] },
  { status: failed.status, reasons: ['reserved', 'account', 'scaling'] },
];

/** Whether an answer is a refusal by a limit, in the form that the contract promises. */
export function isRefusal({ status, body }: { status: number; body: Buffer }): boolean {
  return [throttled, failed].some((problem) => {
    const { type } = objectIn(Buffer.from(problem.toBody('')));
    const given = objectIn(body);
    return status === problem.status && given['status'] === status && given['type'] === type;
  });
}
