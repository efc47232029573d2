/** What the live page asks its server, beside its own files: what happens, what happened, and to do it again. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Check, Type } from '../../typebox.ts';
import type { RequestHandler } from '../metricsServer.ts';
import { KEPT_SECONDS } from './frame.ts';
import type { FunctionViews } from './functionViews.ts';
import type { History } from './history.ts';
import type { KeptRequest } from './keptRequest.ts';
import type { Again, RequestDetail, SentAgain } from './request.ts';
import type { RequestLog } from './requestLog.ts';
import { AgainError, type SendAgain } from './sendAgain.ts';

/** Bytes that are taken of what a page sends: the largest body that API Gateway takes, as a text of JSON. */
const MOST_BYTES = 24 * 2 ** 20;

const againSchema = Type.Object(
  { body: Type.Optional(Type.String()) },
  { additionalProperties: false },
);

export interface LiveParts {
  readonly history: History;
  readonly log: RequestLog;
  readonly functions: FunctionViews;
  readonly detail: (request: KeptRequest) => Promise<RequestDetail>;
  readonly sendAgain: SendAgain;
}

/** Answers `GET /live`, `/requests/{id}` and `/functions`. */
export function answerLive({ history, log, functions, detail }: LiveParts): RequestHandler {
  async function update(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const known = query.get('history');
    const after = wholeNumber(query.get('after'));
    // Who knows nothing yet need not wait.
    if (known !== null && !response.closed) await history.next();
    sendJson(response, 200, history.update(known, after));
  }

  async function request(id: string, response: ServerResponse): Promise<void> {
    const kept = log.find(id);
    if (kept === undefined) sendProblem(response, 404, 'The request is no longer kept.');
    else sendJson(response, 200, JSON.stringify(await detail(kept)));
  }

  return async (incoming, response) => {
    const { path, query } = targetOf(incoming);
    const id = idIn(path, /^\/requests\/([^/]+)$/);
    if (path === '/live') await update(query, response);
    else if (path === '/functions') {
      const seconds = Math.min(wholeNumber(query.get('seconds')) || 300, KEPT_SECONDS);
      sendJson(response, 200, JSON.stringify(functions.view(seconds)));
    } else if (id !== undefined) await request(id, response);
    else return false;
    return true;
  };
}

/** Answers `POST /requests/{id}/again`. */
export function answerAgain({ log, sendAgain }: LiveParts): RequestHandler {
  return async (incoming, response) => {
    const id = idIn(targetOf(incoming).path, /^\/requests\/([^/]+)\/again$/);
    if (id === undefined) return false;
    const kept = log.find(id);
    const again = await againIn(incoming);
    // Browsers always send it, and whoever answers has looked at it.
    if (incoming.headers.origin === undefined)
      sendProblem(response, 403, 'Only the live page may.');
    else if (again === undefined) sendProblem(response, 400, 'It takes JSON: {"body": "text"}.');
    else if (kept === undefined) sendProblem(response, 404, 'The request is no longer kept.');
    else {
      try {
        const sent: SentAgain = { id: await sendAgain(kept, again.body) };
        sendJson(response, 200, JSON.stringify(sent));
      } catch (error) {
        if (!(error instanceof AgainError)) throw error;
        sendProblem(response, error.status, error.message);
      }
    }
    return true;
  };
}

async function againIn(incoming: IncomingMessage): Promise<Again | undefined> {
  if (!/^application\/json\b/i.test(incoming.headers['content-type'] ?? '')) return undefined;
  if (!(Number(incoming.headers['content-length']) <= MOST_BYTES)) return undefined;
  try {
    const given: unknown = JSON.parse(await text(incoming));
    return Check(againSchema, given) ? given : undefined;
  } catch {
    return undefined;
  }
}

function idIn(path: string, pattern: RegExp): string | undefined {
  const [, id] = pattern.exec(path) ?? [];
  return id;
}

function targetOf({ url = '/' }: IncomingMessage) {
  const [path = '/', query] = url.split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

function wholeNumber(value: string | null): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

function sendJson(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(json);
}

function sendProblem(response: ServerResponse, status: number, detail: string): void {
  response
    .writeHead(status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ status, detail }));
}
