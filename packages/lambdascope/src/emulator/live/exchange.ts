/** What a client and a function said to each other, as far as it is kept. */
import type { ServerResponse } from 'node:http';
import { isHttpEvent, routeOf } from '../../function/invocationFacts.ts';
import { type Answer, type Awaited, responseOf } from '../awaitedResponse.ts';
import { apiOf } from '../gatewayAnswers.ts';
import type { Api } from '../limits/methodThrottles.ts';
import { type FlatFields, keptBody, keptEventBody, keptFields, keptJson } from './keptMessage.ts';
import type { KeptBody } from './request.ts';

/** A request or an answer. */
export interface Message {
  readonly headers: FlatFields;
  readonly body: KeptBody | undefined;
}

/** A request and its answer: of an HTTP request as they crossed the network, else event and result. */
export interface Exchange {
  /** The kind of API that it came through; none where it is no HTTP request to one. */
  readonly api: Api | undefined;
  /** Resource path of the route; else what triggered the function. */
  readonly route: string;
  readonly method: string;
  /** As it was sent; else what triggered the function. */
  readonly path: string;
  readonly query: FlatFields;
  readonly request: Message;
  /** None when the client left before. */
  readonly response: Message | undefined;
  /** Of the answer's body; 0 where it did not cross the network. */
  readonly responseBytes: number;
}

const NONE: FlatFields = [];

/** The exchange that an invocation was for. */
export function exchangeOf(
  event: unknown,
  awaited: Awaited | undefined,
  answer: Answer,
  keepsBodies: boolean,
  result?: unknown,
): Exchange {
  const sent = isHttpEvent(event) ? responseOf(awaited) : undefined;
  const { method, route } = routeOf(event);
  if (sent !== undefined) {
    const body = keepsBodies ? keptEventBody(event) : undefined;
    return exchanged(sent, answer, keepsBodies, { api: apiOf(event), route, body });
  }
  return {
    api: undefined,
    route,
    method,
    path: route,
    query: NONE,
    request: { headers: NONE, body: keepsBodies ? keptJson(event) : undefined },
    response: { headers: NONE, body: keepsBodies ? keptJson(result) : undefined },
    responseBytes: 0,
  };
}

/** What crossed the network. */
export function exchanged(
  sent: ServerResponse,
  { status, body }: Answer,
  keepsBodies: boolean,
  invoked?: { readonly api: Api; readonly route: string; readonly body: KeptBody | undefined },
): Exchange {
  const { url = '', method = '', rawHeaders } = sent.req;
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const response = {
    headers: keptFields(headersOf(sent)),
    body: keepsBodies ? keptBody(body) : undefined,
  };
  return {
    api: invoked?.api ?? 'rest',
    route: invoked?.route ?? path,
    method,
    path,
    query: end === -1 ? NONE : keptFields([...new URLSearchParams(url.slice(end + 1))].flat()),
    request: { headers: keptFields(rawHeaders), body: invoked?.body },
    response: status === undefined ? undefined : response,
    responseBytes: body === undefined ? 0 : Buffer.byteLength(body),
  };
}

function headersOf(response: ServerResponse): string[] {
  const headers = response.getHeaders();
  const flat: string[] = [];
  for (const name in headers) flat.push(name, String(headers[name]));
  return flat;
}
