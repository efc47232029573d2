/** Sends a request of the log again, as a client of its own: through the emulated gateway, or the endpoint for SDKs. */

import { invokePath } from '../lambdaEndpoint.ts';
import { newTraceId } from '../traceId.ts';
import type { KeptRequest } from './keptRequest.ts';
import { hasWholeBody, headersAgain, type Sent, sentOf, targetOf } from './replay.ts';
import type { RequestLog } from './requestLog.ts';

/** How long an answer may take, in milliseconds: longer than any gateway waits. */
const PATIENCE = 31_000;
/** And how long it may take until it is in the log after that. */
const LOG_PATIENCE = 5000;

/** It cannot be sent again, or there was no answer. */
export class AgainError extends Error {
  override readonly name = 'AgainError';
  readonly code = 'again';
  readonly status: 409 | 502;

  constructor(status: 409 | 502, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface AgainOptions {
  readonly log: RequestLog;
  /** Origin of the emulated gateway, without a slash at its end. */
  readonly gateway: string;
  /** Origin of the endpoint for SDKs. */
  readonly endpoint: string;
  /** Names in AWS by keys in `serverless.yml`. */
  readonly names: ReadonlyMap<string, string>;
  /** A key of the service's own, for requests that had one; asked each time. */
  readonly apiKey: () => string | undefined;
}

/** Sends a request again, with another body where one is given; gives the new one's id. */
export type SendAgain = (request: KeptRequest, body: string | undefined) => Promise<string>;

/**
 * What sends requests again.
 *
 * @throws AgainError when its body is not known, or no answer comes
 */
export function createSendAgain({
  log,
  gateway,
  endpoint,
  names,
  apiKey,
}: AgainOptions): SendAgain {
  return async (kept, body) => {
    const traceId = newTraceId();
    const sent = sentOf(kept);
    const content = body ?? bodyOf(sent);
    const traced = ['X-Amzn-Trace-Id', `Root=${traceId}`] as const;
    const { method } = sent;
    const answer =
      kept.exchange.api === undefined
        ? fetch(endpoint + invokePath(nameOf(kept, names)), {
            method: 'POST',
            headers: [[...traced]],
            body: content ?? '{}',
            signal: AbortSignal.timeout(PATIENCE),
          })
        : fetch(gateway + targetOf(sent), {
            method,
            headers: [...headersOf(sent, apiKey()), [...traced]],
            ...(content !== undefined &&
              method !== 'GET' &&
              method !== 'HEAD' && { body: content }),
            redirect: 'manual',
            signal: AbortSignal.timeout(PATIENCE),
          });
    try {
      const { body: stream } = await answer;
      await stream?.cancel();
    } catch (cause) {
      throw new AgainError(502, 'The emulator did not answer.', { cause });
    }
    const id = await log.next(traceId, LOG_PATIENCE);
    if (id !== undefined) return id;
    throw new AgainError(502, 'It was answered, but what became of it is not known.');
  };
}

function bodyOf(sent: Sent): string | Buffer<ArrayBuffer> | undefined {
  if (!hasWholeBody(sent)) {
    throw new AgainError(409, 'Its body was not kept whole, so it needs another.');
  }
  const { body } = sent.request;
  return body?.isBase64 ? Buffer.from(body.text, 'base64') : body?.text;
}

/** Its headers; in the place of a key one of the service's own, and no other secret. */
function headersOf(sent: Sent, apiKey: string | undefined): [string, string][] {
  return headersAgain(sent).flatMap(([name, value]): [string, string][] => {
    const text = value ?? (name.toLowerCase() === 'x-api-key' ? apiKey : undefined);
    return text === undefined ? [] : [[name, text]];
  });
}

function nameOf({ summary }: KeptRequest, names: AgainOptions['names']): string {
  return encodeURIComponent(names.get(summary.function) ?? summary.function);
}
