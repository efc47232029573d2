/** Makes the emulated API Gateway answer by itself as the deployed one is configured to: with problem+json. */
import type { Request, ResponseToolkit, Server } from '@hapi/hapi';
import { type GatewayAnswer, gatewayProblem } from '../../lib/gatewayAnswers.ts';
import type { HttpProblem } from '../../lib/problem.ts';
import { problemAnswer } from './problemAnswer.ts';

/** Methods that a route may have. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Time that a connection may be idle, in milliseconds. */
const KEEP_ALIVE = 75_000;

/** The emulator's route for whatever no function serves. */
const CATCH_ALL = '/{p*}';

/** hapi's routes for what has none; also that of a request whose body breaks off before it is routed. */
const NO_ROUTE = '_special';

/** What the emulator's statuses mean. */
const ANSWERS: Readonly<Record<number, GatewayAnswer>> = {
  403: 'INVALID_API_KEY',
  413: 'REQUEST_TOO_LARGE',
  429: 'THROTTLED',
  // Lambda did not invoke the function.
  500: 'INTEGRATION_FAILURE',
  502: 'INTEGRATION_FAILURE',
  504: 'INTEGRATION_TIMEOUT',
};

/** How API Gateway tells a quota from a rate. */
const QUOTA_EXCEEDED = 'LimitExceededException';

/** Whether a server is the API, and not the endpoint for SDKs; known once its routes are there. */
export function isGateway(server: Server): boolean {
  return server.table().some(({ path }) => path === CATCH_ALL);
}

/**
 * Passes requests to functions unread, as API Gateway does: hides from the emulator what it would
 * act upon; a function's event is made from the headers as they came.
 */
export function passThrough(server: Server): void {
  server.ext('onRequest', ({ headers }, h) => {
    // What calls itself JSON would be parsed, which costs time for every row and turns the body
    // `null` into none; and a type that is none would be refused.
    headers['content-type'] = 'application/octet-stream';
    // A malformed one would be refused, and a browser sends those of all local ports.
    delete headers['cookie'];
    // A part of a function's answer would be sent.
    delete headers['range'];
    // Its page would be let to read the answer, and a preflight's status replaced.
    delete headers['origin'];
    return h.continue;
  });
}

/**
 * Keeps idle connections for longer than Node's 5 s: as long a burst of cold starts may keep this
 * thread from reading them, and then the timer would close those on which a request waits.
 */
export function keepConnections({ listener }: Server): void {
  listener.keepAliveTimeout = KEEP_ALIVE;
}

/** Replaces every answer that does not come from a function; a function's own pass untouched. */
export function answerAsGateway(server: Server): void {
  server.ext('onPreResponse', (request: Request, h: ResponseToolkit) => {
    const problem = problemOf(server, request);
    if (!problem) return h.continue;
    const answer = problemAnswer(h, problem);
    const allowed = problem.code === 'method_not_allowed' ? allowedMethods(server, request) : [];
    return allowed.length > 0 ? answer.header('allow', allowed.join(', ')) : answer;
  });
}

/** What went wrong, if the emulator and not a function answered. */
function problemOf(server: Server, request: Request): HttpProblem | undefined {
  const { response } = request;
  const isBoom = 'isBoom' in response;
  // The emulator sets some statuses as strings.
  const status = Number(isBoom ? response.output.statusCode : response.statusCode);
  if (!isBoom && response.headers['x-request-id']) return undefined;
  if ((request.route.method as string) === NO_ROUTE && status === 400) {
    return gatewayProblem('BAD_REQUEST_PARAMETERS');
  }
  if (request.route.path === CATCH_ALL || status === 404) {
    const isMethod = allowedMethods(server, request).length > 0;
    return gatewayProblem(isMethod ? 'UNSUPPORTED_MEDIA_TYPE' : 'RESOURCE_NOT_FOUND');
  }
  const type = isBoom ? undefined : response.headers['x-amzn-errortype'];
  if (type === QUOTA_EXCEEDED) return gatewayProblem('QUOTA_EXCEEDED');
  const answer = ANSWERS[status];
  return gatewayProblem(answer ?? (status >= 500 ? 'DEFAULT_5XX' : 'BAD_REQUEST_PARAMETERS'));
}

function allowedMethods(server: Server, { path }: Request): string[] {
  return METHODS.filter((method) => {
    const match = server.match(method.toLowerCase() as 'get', path);
    return match !== null && match.path !== CATCH_ALL;
  });
}
