/** What the gateway answers by itself, here as in AWS, by API Gateway's names of its responses. */
import { HttpProblem, type ProblemCode } from './problem.ts';

const problems = {
  // An unknown route, or an unknown method: API Gateway takes both for an unsigned request.
  MISSING_AUTHENTICATION_TOKEN: ['not_found', 'There is nothing at this path.'],
  RESOURCE_NOT_FOUND: ['not_found', 'There is nothing at this path.'],
  INVALID_API_KEY: ['forbidden', 'Send a valid API key in the x-api-key header.'],
  ACCESS_DENIED: ['forbidden', 'This API key may not do that.'],
  WAF_FILTERED: ['forbidden', 'The request was refused.'],
  BAD_REQUEST_BODY: ['malformed_json', 'The body is empty or not valid JSON.'],
  BAD_REQUEST_PARAMETERS: ['malformed_request', 'The request cannot be read.'],
  REQUEST_TOO_LARGE: ['content_too_large', 'The body is larger than 10 MiB.'],
  // Only the mocks of `methodNotAllowed` look at a body's type; functions get it whatever it is, and
  // answer 415 themselves. One answer serves all paths, so it cannot name the methods of this one.
  UNSUPPORTED_MEDIA_TYPE: ['method_not_allowed', 'This path does not take this method.'],
  THROTTLED: ['too_many_requests', 'Too many requests at once; try again in a second.'],
  QUOTA_EXCEEDED: ['too_many_requests', 'The quota of this API key is used up.'],
  INTEGRATION_TIMEOUT: ['timeout', 'The function took longer than its time limit.'],
  INTEGRATION_FAILURE: ['bad_gateway', 'The function did not answer.'],
  API_CONFIGURATION_ERROR: ['internal', 'The gateway is not set up right.'],
  DEFAULT_5XX: ['internal', 'Something went wrong; the request id finds it in the log.'],
} as const satisfies Record<string, readonly [ProblemCode, string]>;

/** Name of an answer. */
export type GatewayAnswer = keyof typeof problems;

/** Every answer's name. */
export const gatewayAnswers = Object.keys(problems) as GatewayAnswer[];

/** The problem that an answer becomes. */
export function gatewayProblem(answer: GatewayAnswer): HttpProblem {
  const [code, detail] = problems[answer];
  return new HttpProblem(code, detail);
}
