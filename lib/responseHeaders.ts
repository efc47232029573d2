/** Middleware: headers that every answer carries, good or bad. */
import type middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Answer } from './answer.ts';

/** On every answer, whoever gives it. */
export const FIXED_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/** Sets `x-request-id` and what keeps browsers and caches from guessing. */
export function responseHeaders(): middy.MiddlewareObj<APIGatewayProxyEvent, Answer> {
  function setHeaders(request: middy.Request<APIGatewayProxyEvent, Answer>): void {
    if (!request.response) return;
    request.response.headers = {
      ...FIXED_HEADERS,
      ...request.response.headers,
      'x-request-id': request.event.requestContext.requestId,
    };
  }
  return { after: setHeaders, onError: setHeaders };
}
