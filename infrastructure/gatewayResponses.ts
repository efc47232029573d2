/** What API Gateway answers by itself: problem+json, as from the functions and from the emulator. */
import { type Resource, type Resources, ref } from 'lambdascope/dashboards/cloudwatch/template';
import { HttpProblem, PROBLEM_MEDIA_TYPE, type ProblemCode } from '../lib/problem.ts';

/** API Gateway's name of an answer, and the problem that it becomes. */
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

/**
 * Headers of every answer, as in `lib/responseHeaders.ts`; literals stand in single quotes.
 * Written as API Gateway writes its own, so that they replace them.
 */
export const responseHeaders = {
  'Content-Type': `'${PROBLEM_MEDIA_TYPE}'`,
  'X-Content-Type-Options': "'nosniff'",
  'Cache-Control': "'no-store'",
  'X-Request-Id': 'context.requestId',
} as const;

/** API Gateway's variable with the id of the request. */
export const REQUEST_ID = '$context.requestId';

/** Every gateway response. A status that is not listed keeps its own, without a title. */
export function gatewayResponses(): Resources {
  const known = Object.entries(problems).map(([type, [code, detail]]) => {
    const problem = new HttpProblem(code, detail);
    // DEFAULT_5XX keeps the status of what it stands for; setting one would set it for all.
    const status = type === 'DEFAULT_5XX' ? undefined : String(problem.status);
    return [logicalId(type), gatewayResponse(type, problem.toBody(REQUEST_ID), status)];
  });
  const other = JSON.stringify({
    type: 'about:blank',
    detail: 'The request was refused.',
    instance: `urn:uuid:${REQUEST_ID}`,
  });
  return {
    ...Object.fromEntries(known),
    [logicalId('DEFAULT_4XX')]: gatewayResponse('DEFAULT_4XX', other, undefined),
  };
}

function gatewayResponse(type: string, body: string, status: string | undefined): Resource {
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: ref('ApiGatewayRestApi'),
      ResponseType: type,
      ...(status ? { StatusCode: status } : {}),
      ResponseParameters: Object.fromEntries(
        Object.entries(responseHeaders).map(([name, value]) => [
          `gatewayresponse.header.${name}`,
          value,
        ]),
      ),
      // API Gateway picks a template by what the client accepts and falls back to this one.
      ResponseTemplates: { 'application/json': body },
    },
  };
}

/** `INVALID_API_KEY` is `GatewayResponseInvalidApiKey`. */
function logicalId(type: string): string {
  const words = type.toLowerCase().split('_');
  return `GatewayResponse${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}
