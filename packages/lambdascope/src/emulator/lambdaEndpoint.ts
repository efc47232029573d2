/** Makes the endpoint for SDKs answer as Lambda's API does: "Invoke" in its reference. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Server } from '@hapi/hapi';
import { type FunctionError, InvokeRefusedError, RequestTooLargeError } from './lambdaErrors.ts';
import { EVENT_BYTES } from './limits/payloads.ts';

const INVOKE = invokePath('{functionName}');

/** What an SDK gets in the place of a result. */
const failures = new WeakMap<ServerResponse, InvokeRefusedError | FunctionError>();

/** Where a function is invoked, by its name in AWS. */
export function invokePath(name: string): string {
  return `/2015-03-31/functions/${name}/invocations`;
}

/** Whether a server is the endpoint for SDKs; known once its routes are there. */
export function isLambdaEndpoint(server: Server): boolean {
  return server.table().some(({ path }) => path === INVOKE);
}

/** Answers an SDK's call with an error, whatever serverless-offline makes of it. */
export function failInvoke(
  response: ServerResponse,
  error: InvokeRefusedError | FunctionError,
): void {
  failures.set(response, error);
}

/** Whether an SDK's call only leaves an event for later. */
export function isAsynchronous({ req }: ServerResponse): boolean {
  return req.headers['x-amz-invocation-type'] === 'Event';
}

/** Keeps Lambda's limits of size, and says what goes wrong in its words. */
export function answerAsLambda(server: Server): void {
  server.ext('onPreHandler', ({ payload, raw }, h) => {
    const bytes = Buffer.isBuffer(payload) ? payload.length : 0;
    const how = isAsynchronous(raw.res) ? 'Event' : 'RequestResponse';
    const limit = EVENT_BYTES[how];
    if (bytes > limit) failInvoke(raw.res, new RequestTooLargeError({ bytes, limit }, how));
    return bytes > limit ? h.response('').takeover() : h.continue;
  });
  server.ext('onPreResponse', ({ response, raw }, h) => {
    const isTooLarge = 'isBoom' in response && response.output.statusCode === 413;
    const bytes = Number(raw.req.headers['content-length']);
    const error = isTooLarge
      ? new RequestTooLargeError({ bytes, limit: EVENT_BYTES.RequestResponse }, 'RequestResponse')
      : failures.get(raw.res);
    if (error === undefined) return h.continue;
    if (error instanceof InvokeRefusedError) {
      const { status, type, message, fields } = error;
      return h
        .response({ ...fields, Type: 'User', message })
        .code(status)
        .header('x-amzn-errortype', type)
        .header('x-amzn-requestid', randomUUID());
    }
    return h
      .response({ errorType: error.type, errorMessage: error.message })
      .code(200)
      .header('x-amz-function-error', 'Unhandled')
      .header('x-amzn-requestid', error.requestId);
  });
}
