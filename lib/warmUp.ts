/** Calls that only keep an instance warm; `serverless.yml` may schedule them. */
import type middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Answer } from './answer.ts';

/** Whether nobody waits for the answer. */
export function isWarmUp(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'warmUp' in event;
}

/** Answers such a call, to be used first: there is no request that the others could read. */
export function warmUp(): middy.MiddlewareObj<APIGatewayProxyEvent, Answer> {
  return { before: answerWarmUp };
}

function answerWarmUp({ event }: middy.Request<APIGatewayProxyEvent, Answer>): Answer | undefined {
  return isWarmUp(event) ? { statusCode: 204, body: '' } : undefined;
}
