/** Middleware: turns whatever was thrown into problem+json, and logs what the client must not see. */
import type middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Answer } from './answer.ts';
import { HttpProblem, PROBLEM_MEDIA_TYPE } from './problem.ts';

/** Answers every error; a `TimeoutError` of Middy's becomes 504, anything unknown 500. */
export function problemResponse(): middy.MiddlewareObj<APIGatewayProxyEvent, Answer> {
  return { onError: answerProblem };
}

function answerProblem(request: middy.Request<APIGatewayProxyEvent, Answer>): void {
  const problem = asProblem(request.error);
  const { requestId } = request.event.requestContext;
  if (problem.status >= 500) {
    console.error(
      JSON.stringify({ level: 'error', requestId, code: problem.code, error: stack(problem) }),
    );
  }
  request.response = {
    statusCode: problem.status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE },
    body: problem.toBody(requestId),
  };
}

function asProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new HttpProblem('timeout', 'The request took longer than the time limit.', {
      cause: error,
    });
  }
  return new HttpProblem(
    'internal',
    'Something went wrong here; the request id finds it in the log.',
    {
      cause: error,
    },
  );
}

function stack({ cause }: HttpProblem): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
