/** What of a kept request is sent again: by a command, or by the live page. */

import type { Message } from './exchange.ts';
import { pairsOf } from './keptMessage.ts';
import type { KeptRequest } from './keptRequest.ts';
import type { KeptField, KeptMessage, RequestDetail } from './request.ts';

/** Headers that whoever sends it sets, or that belong to the one connection or trace that was. */
const NOT_AGAIN =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|upgrade|expect|accept-encoding|accept-language|user-agent|origin|referer|sec-.*|x-amzn-trace-id|traceparent|tracestate)$/i;

/** A request as it was sent. */
export type Sent = Pick<RequestDetail, 'method' | 'path' | 'query' | 'request' | 'requestBytes'>;

/** What a kept request was, as it was sent. */
export function sentOf({ summary, exchange }: KeptRequest): Sent {
  const { method, path, query, request } = exchange;
  const { requestBytes } = summary;
  return { method, path, requestBytes, query: pairsOf(query), request: shownMessage(request) };
}

/** A message as it is shown. */
export function shownMessage({ headers, body }: Message): KeptMessage {
  return { headers: pairsOf(headers), ...(body && { body }) };
}

/** The headers that are sent again; null where the value is a secret that was not kept. */
export function headersAgain({ request }: Pick<Sent, 'request'>): readonly KeptField[] {
  return request.headers.filter(
    ([name, value]) => !NOT_AGAIN.test(name) && !(/^accept$/i.test(name) && value === '*/*'),
  );
}

/** Path and query; parameters that are secrets are left out. */
export function targetOf({ path, query }: Pick<Sent, 'path' | 'query'>): string {
  const kept = query.flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, value]],
  );
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`;
}

/** Whether its body is known to the last byte. */
export function hasWholeBody({ request, requestBytes }: Sent): boolean {
  return requestBytes === 0 || request.body?.isWhole === true;
}

/**
 * The command that sends it again from a shell. Secrets are variables of the shell, such as `$API_KEY`; a body that
 * is not text, or was not kept whole, is the file `body`.
 *
 * @param origin of the API, without a slash at its end
 */
export function curlOf(sent: Sent, origin: string): string {
  const { method, request, requestBytes } = sent;
  const { body } = request;
  const isText = hasWholeBody(sent) && body?.isBase64 !== true;
  const data =
    requestBytes === 0 ? [] : [`--data-binary ${isText ? quoted(body?.text ?? '') : '@body'}`];
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(origin + targetOf(sent))}`,
    ...headersAgain(sent).map(([name, value]) => `-H ${headerText(name, value)}`),
    ...data,
  ].join(' \\\n  ');
}

function headerText(name: string, value: string | null): string {
  if (value !== null) return quoted(`${name}: ${value}`);
  const variable = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^X_/, '');
  return `${quoted(`${name}: `)}"$${variable}"`;
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
