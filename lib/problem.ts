/** HTTP problems: the one error form that clients see (RFC 9457). */

/** One thing wrong with the input: where, as a JSON pointer (RFC 6901), and what. */
export interface InputError {
  readonly pointer: string;
  readonly detail: string;
}

/** Why a request was refused, by code: its status and title. */
const problems = {
  malformed_json: { status: 400, title: 'Malformed JSON' },
  malformed_request: { status: 400, title: 'Malformed request' },
  empty_body: { status: 400, title: 'Empty body' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not found' },
  unknown_prediction: { status: 404, title: 'Unknown prediction' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  already_labelled: { status: 409, title: 'Already labelled' },
  prediction_forgotten: { status: 410, title: 'Prediction forgotten' },
  content_too_large: { status: 413, title: 'Content too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  invalid_input: { status: 422, title: 'Invalid input' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  bad_gateway: { status: 502, title: 'The function failed' },
  timeout: { status: 504, title: 'Timed out' },
} as const satisfies Record<string, { status: number; title: string }>;

/** The code of a problem: what a program should branch on. */
export type ProblemCode = keyof typeof problems;

/** Media type of a problem. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A refusal that knows its own wire form. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly InputError[] | undefined;

  /**
   * @param code what went wrong
   * @param detail one sentence for the person at the client; never an internal
   * @param options `errors`: every input error; `cause`: what was caught
   */
  constructor(
    code: ProblemCode,
    detail: string,
    options: { errors?: readonly InputError[]; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = problems[code].status;
    this.errors = options.errors;
  }

  /** The problem as a JSON document. */
  toBody(requestId: string): string {
    return JSON.stringify({
      type: `urn:lambdascope:problem:${this.code}`,
      title: problems[this.code].title,
      status: this.status,
      detail: this.message,
      instance: `urn:uuid:${requestId}`,
      errors: this.errors,
    });
  }
}
