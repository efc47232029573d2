/**
 * What API Gateway answers by itself: by its names of gateway responses for REST APIs, each beside the answer of
 * an HTTP API. After "Gateway response types" in its guide, and "Handling Lambda errors with an API Gateway
 * API" in Lambda's: a REST API answers 500 when Lambda throttles the function, 502 when the function fails.
 */
import type { Server } from '@hapi/hapi';
import { isHttpApiEvent } from '../function/invocationFacts.ts';
import type { Api } from './limits/methodThrottles.ts';

interface Answer {
  readonly status: number;
  readonly message: string;
  /** Header `x-amzn-errortype`. */
  readonly type?: string;
}

const INTERNAL = 'InternalServerErrorException';

const answers = {
  THROTTLED: {
    rest: { status: 429, message: 'Too Many Requests', type: 'TooManyRequestsException' },
    http: { status: 429, message: 'Too Many Requests' },
  },
  QUOTA_EXCEEDED: {
    rest: { status: 429, message: 'Limit Exceeded', type: 'LimitExceededException' },
    http: { status: 429, message: 'Too Many Requests' },
  },
  REQUEST_TOO_LARGE: {
    rest: { status: 413, message: 'Request Too Long', type: 'RequestTooLargeException' },
    http: { status: 413, message: 'Request Entity Too Large' },
  },
  /** Lambda did not invoke the function. */
  INTEGRATION_FAILURE: {
    rest: { status: 500, message: 'Internal server error', type: INTERNAL },
    http: { status: 503, message: 'Service Unavailable' },
  },
  /** The function failed; by no name of API Gateway's, as it falls under `DEFAULT_5XX`. */
  FUNCTION_ERROR: {
    rest: { status: 502, message: 'Internal server error', type: INTERNAL },
    http: { status: 500, message: 'Internal Server Error' },
  },
  INTEGRATION_TIMEOUT: {
    rest: { status: 504, message: 'Endpoint request timed out', type: INTERNAL },
    http: { status: 503, message: 'Service Unavailable' },
  },
} as const satisfies Record<string, Record<Api, Answer>>;

/** Name of an answer. */
export type GatewayAnswer = keyof typeof answers;

/** Time that the gateways wait for a function, in milliseconds, after "Quotas" in API Gateway's guide. */
const INTEGRATION_LIMIT = { rest: 29_000, http: 30_000 } as const;

/** The gateway that made an event; an HTTP API names the version of the payload. */
export function apiOf(event: unknown): Api {
  const { version } = event as { readonly version?: unknown };
  return isHttpApiEvent(event) || version === '1.0' ? 'http' : 'rest';
}

/** An answer as a function would give it. */
export function proxyAnswer(name: GatewayAnswer, api: Api) {
  const { status: statusCode, message, type }: Answer = answers[name][api];
  const headers = { 'content-type': 'application/json', ...(type && { 'x-amzn-errortype': type }) };
  return { statusCode, headers, body: JSON.stringify({ message }) };
}

/** Makes the emulated gateway keep its limits of time and size, and say so in API Gateway's words. */
export function keepGatewayLimits(server: Server, apiAt: (path: string) => Api): void {
  for (const { path, settings } of server.table()) {
    // hapi reads it at each request.
    Object.assign(settings.timeout ?? {}, { server: INTEGRATION_LIMIT[apiAt(path)] });
  }
  server.ext('onPreResponse', ({ response, route }, h) => {
    const status = 'isBoom' in response ? response.output.statusCode : 0;
    if (status !== 413 && status !== 503) return h.continue;
    const name = status === 413 ? 'REQUEST_TOO_LARGE' : 'INTEGRATION_TIMEOUT';
    const { statusCode, headers, body } = proxyAnswer(name, apiAt(route.path));
    const answer = h.response(body).code(statusCode);
    for (const [header, value] of Object.entries(headers)) answer.header(header, value);
    return answer;
  });
}
