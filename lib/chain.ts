/** The one Middy chain that every HTTP function runs in: observe, set headers, answer errors. */
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { observe } from 'lambdascope/observe';
import { middySpans } from 'lambdascope/span';
import type { Answer } from './answer.ts';
import { problemResponse } from './problemResponse.ts';
import { responseHeaders } from './responseHeaders.ts';
import { isWarmUp, warmUp } from './warmUp.ts';

/** Time kept back from the time limit, so that a timeout is answered and observed, in milliseconds. */
const TIMEOUT_MARGIN = 250;

/** What a function does: from an API Gateway event to an answer. */
export type Core = (event: APIGatewayProxyEvent, context: Context) => Answer | Promise<Answer>;

/** A Lambda handler for an API Gateway REST proxy integration. */
export type HttpHandler = (
  event: APIGatewayProxyEvent,
  context: Context,
) => Promise<APIGatewayProxyResult>;

/**
 * Wraps a core into a Lambda handler that always answers, and is observed exactly once.
 *
 * @param functionName short name of the function, the `function` label of its metrics
 */
export function chain(functionName: string, core: Core): HttpHandler {
  return middy<APIGatewayProxyEvent, Answer>(core, {
    ...middySpans,
    timeoutEarlyInMillis: TIMEOUT_MARGIN,
  })
    .use(observe({ functionName, ignore: isWarmUp }))
    .use(warmUp())
    .use(responseHeaders())
    .use(problemResponse()) as HttpHandler;
}
