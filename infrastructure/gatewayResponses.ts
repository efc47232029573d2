/** What API Gateway answers by itself: problem+json, as from the functions and from the emulator. */
import { type Resource, type Resources, ref } from 'lambdascope/dashboards/cloudwatch/template';
import { gatewayAnswers, gatewayProblem } from '../lib/gatewayAnswers.ts';
import { PROBLEM_MEDIA_TYPE } from '../lib/problem.ts';

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
  const known = gatewayAnswers.map((type) => {
    const problem = gatewayProblem(type);
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
