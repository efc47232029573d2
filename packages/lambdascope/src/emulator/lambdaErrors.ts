/** What Lambda says in the place of a function, in its own words. */
import { randomUUID } from 'node:crypto';
import type { ThrottleReason } from './limits/throttleReason.ts';

/** Lambda does not invoke the function: it answers its caller with a status and an error's name. */
export class InvokeRefusedError extends Error {
  override readonly name: string = 'InvokeRefusedError';
  readonly code: string = 'invoke_refused';
  readonly status: 429 | 413;
  readonly type: 'TooManyRequestsException' | 'RequestTooLargeException';
  readonly fields: Readonly<Record<string, string>>;

  /**
   * @param status HTTP status of Lambda's API
   * @param type name of the error in Lambda's API
   * @param message what its body says
   * @param fields what its body has beside
   */
  constructor(
    status: 429 | 413,
    type: InvokeRefusedError['type'],
    message: string,
    fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.fields = fields;
  }
}

/** Reasons as Lambda's API names them, in `ThrottleReason` of its reference. */
const REASONS = {
  reserved: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  account: 'ConcurrentInvocationLimitExceeded',
  scaling: 'FunctionInvocationRateLimitExceeded',
} as const satisfies Partial<Record<ThrottleReason, string>>;

/** Why Lambda itself throttles. */
export type ConcurrencyReason = keyof typeof REASONS;

/** There is no concurrency for one more invocation. */
export class ThrottledError extends InvokeRefusedError {
  override readonly name = 'ThrottledError';
  override readonly code = 'throttled';
  readonly reason: ConcurrencyReason;

  constructor(reason: ConcurrencyReason) {
    super(429, 'TooManyRequestsException', 'Rate Exceeded.', { Reason: REASONS[reason] });
    this.reason = reason;
  }
}

/** The event is larger than Lambda takes. */
export class RequestTooLargeError extends InvokeRefusedError {
  override readonly name = 'RequestTooLargeError';
  override readonly code = 'request_too_large';

  constructor({ bytes, limit }: { readonly bytes: number; readonly limit: number }, how: string) {
    super(
      413,
      'RequestTooLargeException',
      `${bytes} byte payload is too large for the ${how} invocation type (limit ${limit} bytes)`,
    );
  }
}

/** How an instance failed its invocation: by Lambda's names. */
export type FunctionErrorType =
  | 'Sandbox.Timedout'
  | 'Runtime.ExitError'
  | 'Function.ResponseSizeTooLarge';

/** The function's instance ended, was ended, or gave what cannot be sent. */
export class FunctionError extends Error {
  // Behind getters, as what logs an error writes all its own fields.
  readonly #type: FunctionErrorType;
  readonly #requestId: string;

  /**
   * @param type Lambda's name of it
   * @param reason in Lambda's words, such as `Task timed out after 3.00 seconds`
   * @param requestId of the invocation
   * @param cause an error that nobody caught
   */
  constructor(
    type: FunctionErrorType,
    reason: string,
    requestId: string = randomUUID(),
    cause?: unknown,
  ) {
    super(`RequestId: ${requestId} Error: ${reason}`, cause === undefined ? {} : { cause });
    this.#type = type;
    this.#requestId = requestId;
    // Its own would tell of the emulator, not of the function.
    this.stack = this.message;
  }

  get code(): 'function_error' {
    return 'function_error';
  }

  get type(): FunctionErrorType {
    return this.#type;
  }

  get requestId(): string {
    return this.#requestId;
  }
}

/** An invocation took longer than it may. */
export function timedOut(limitMillis: number, requestId?: string): FunctionError {
  const seconds = (limitMillis / 1000).toFixed(2);
  return new FunctionError(
    'Sandbox.Timedout',
    `Task timed out after ${seconds} seconds`,
    requestId,
  );
}
