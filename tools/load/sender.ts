/** Sends HTTP requests over a fixed number of kept-alive connections, as cheaply as Node can. */
import { type Dispatcher, Pool } from 'undici';

/** One request, ready to be sent. */
export interface HttpRequest {
  readonly method: string;
  /** Path from the root of the server, with any query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What became of a request: an answer, or the reason why there is none. */
export type Outcome =
  | { readonly status: number; readonly body: Buffer }
  | { readonly failure: string };

/** Sends one request; `done` is called exactly once, never before `send` has returned. */
export type Send = (request: HttpRequest, done: (outcome: Outcome) => void) => void;

/** Connections to one server. */
export interface Sender {
  readonly send: Send;
  /** Breaks every connection; requests without an answer fail. */
  close(): Promise<void>;
}

/** What a sender can be told. */
export interface SenderOptions {
  /** Scheme, host and port of the server. */
  readonly origin: string;
  /** Connections at most; a request beyond them waits for a free one. */
  readonly connections: number;
  /** A request without an answer after this many seconds has failed. @default 10 */
  readonly timeoutSeconds?: number;
}

/** Failures by undici's or the system's code, in the words of the report. */
const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection reset',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
};

/**
 * Opens a sender.
 *
 * undici's `dispatch` is used, its lowest level: no promise and no stream for each request, so that
 * the generator takes as little as it can of the processor that it shares with the server.
 */
export function openSender({ origin, connections, timeoutSeconds = 10 }: SenderOptions): Sender {
  const timeout = timeoutSeconds * 1000;
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connectTimeout: timeout,
  });
  return {
    send: ({ method, path, headers, body }, done) => {
      const options = { method, path, headers: headers ?? null, body: body ?? null };
      pool.dispatch(options, collect(done));
    },
    close: () => pool.destroy(),
  };
}

/** Hands the whole answer, or the failure, to `done`. */
function collect(done: (outcome: Outcome) => void): Dispatcher.DispatchHandler {
  let status = 0;
  const chunks: Buffer[] = [];
  return {
    // An empty hook: undici tells by it that this is a handler of its present form.
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode;
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      const [first] = chunks;
      done({ status, body: chunks.length === 1 && first ? first : Buffer.concat(chunks) });
    },
    onResponseError(_controller, error) {
      done({ failure: failureOf(error) });
    },
  };
}

function failureOf(error: Error & { readonly code?: string }): string {
  return FAILURES[error.code ?? ''] ?? (error.code || error.message);
}
