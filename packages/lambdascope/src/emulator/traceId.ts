/** The id that ties a request to what it leads to: API Gateway gives one to every request that brings none. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const AMAZON = 'x-amzn-trace-id';
const W3C = 'traceparent';

/**
 * The trace that a request belongs to: of W3C's header, else of Amazon's; none where it has neither. Formats:
 * https://www.w3.org/TR/trace-context/ and "Tracing header" in the guide of X-Ray.
 *
 * @param addsHeader whether the request gets Amazon's header if it has none, as from API Gateway; then nobody may
 *   have read its headers yet
 */
export function traceIdOf(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  addsHeader: boolean,
): string | undefined {
  let w3c: string | undefined;
  let amazon: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // Every request asks.
    if (name.length !== W3C.length && name.length !== AMAZON.length) continue;
    if (name.toLowerCase() === W3C) w3c = rawHeaders[index + 1];
    if (name.toLowerCase() === AMAZON) amazon = rawHeaders[index + 1];
  }
  const [, traceId] = w3c === undefined ? [] : (/^[\da-f]{2}-([\da-f]{32})-/.exec(w3c) ?? []);
  if (amazon !== undefined) return traceId ?? rootOf(amazon);
  if (!addsHeader) return traceId;
  const added = newTraceId();
  rawHeaders.push('X-Amzn-Trace-Id', `Root=${added}`);
  return traceId ?? added;
}

/** The trace of `Self=…;Root=…;Sampled=1`. */
function rootOf(header: string): string | undefined {
  const fields = header.split(';').map((field) => field.trim().split('='));
  return fields.find(([name]) => name?.toLowerCase() === 'root')?.[1];
}

/** A new id, as X-Ray has it: when, and 96 bits, most of them random. */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  // Node has random ids in store; random bytes it asks the system for, one by one.
  return `1-${seconds}-${randomUUID().replaceAll('-', '').slice(8)}`;
}
