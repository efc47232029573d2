/** Makes the emulated API Gateway answer by itself as the deployed one is configured to: with problem+json. */
import { randomUUID } from 'node:crypto';
import type { Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { HttpProblem, PROBLEM_MEDIA_TYPE } from '../../lib/problem.ts';

/** Methods that a route may have. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Time that a connection may be idle, in milliseconds. */
const KEEP_ALIVE = 75_000;

/** The emulator's route for whatever no function serves. */
const CATCH_ALL = '/{p*}';

/**
 * Passes bodies to functions unread, as API Gateway does: the emulator parses a body that calls
 * itself JSON, which costs time for every row and turns the body `null` into none.
 */
export function passBodiesThrough(server: Server): void {
  server.ext('onPreHandler', (request, h) => {
    Object.assign(request, { mime: 'application/octet-stream' });
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
    const { response } = request;
    const problem = gatewayProblem(server, request);
    if (!problem) {
      if (!('isBoom' in response)) dropCors(response);
      return h.continue;
    }
    const requestId = randomUUID();
    const answer = h
      .response(problem.toBody(requestId))
      .code(problem.status)
      .type(PROBLEM_MEDIA_TYPE)
      .header('x-request-id', requestId)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store');
    const allowed = problem.code === 'method_not_allowed' ? allowedMethods(server, request) : [];
    return allowed.length > 0 ? answer.header('allow', allowed.join(', ')) : answer;
  });
}

/** What went wrong, if the emulator and not a function answered. */
function gatewayProblem(server: Server, request: Request): HttpProblem | undefined {
  const { response } = request;
  const isBoom = 'isBoom' in response;
  // The emulator sets some statuses as strings.
  const status = Number(isBoom ? response.output.statusCode : response.statusCode);
  if (!isBoom && response.headers['x-request-id']) return undefined;
  if (request.route.path === CATCH_ALL || status === 404) {
    return allowedMethods(server, request).length > 0
      ? new HttpProblem(
          'method_not_allowed',
          `${request.path} does not take ${request.method.toUpperCase()}.`,
        )
      : new HttpProblem('not_found', `There is nothing at ${request.path}.`);
  }
  switch (status) {
    case 403:
      return new HttpProblem('forbidden', 'Send a valid API key in the x-api-key header.');
    case 413:
      return new HttpProblem('content_too_large', 'The body is larger than 10 MiB.');
    case 429:
      return new HttpProblem('too_many_requests', 'Every instance that may run is busy.');
    case 504:
      return new HttpProblem('timeout', 'The function took longer than its time limit.');
    case 502:
      return new HttpProblem('bad_gateway', 'The function did not answer; the terminal says why.');
    default:
      return status >= 500
        ? new HttpProblem('internal', 'The emulator failed; the terminal says why.')
        : new HttpProblem('malformed_json', 'The request cannot be read.');
  }
}

function allowedMethods(server: Server, { path }: Request): string[] {
  return METHODS.filter((method) => {
    const match = server.match(method.toLowerCase() as 'get', path);
    return match !== null && match.path !== CATCH_ALL;
  });
}

/** The emulator lets any web page read any answer; API Gateway, unless told to, none. */
function dropCors({ headers }: ResponseObject): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith('access-control-')) delete headers[name];
  }
}
