/** A problem as the emulator's servers send it, when no function answers. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { type HttpProblem, PROBLEM_MEDIA_TYPE } from '../../lib/problem.ts';
import { FIXED_HEADERS } from '../../lib/responseHeaders.ts';

/** A problem with an id of its own, for hapi to send. */
export function problemAnswer(h: ResponseToolkit, problem: HttpProblem): ResponseObject {
  const { headers, body } = message(problem);
  const answer = h.response(body).code(problem.status);
  for (const [name, value] of Object.entries(headers)) answer.header(name, value);
  return answer;
}

/** The same as bytes on the wire, for where Node has made no request that could be answered. */
export function problemBytes(problem: HttpProblem): string {
  const { headers, body } = message(problem);
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`;
}

function message(problem: HttpProblem): { headers: Record<string, string>; body: string } {
  const requestId = randomUUID();
  return {
    headers: {
      'content-type': PROBLEM_MEDIA_TYPE,
      'x-request-id': requestId,
      ...FIXED_HEADERS,
    },
    body: problem.toBody(requestId),
  };
}
