/** Which client's answer an invocation is for: the emulator does not tell its runner. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { traceIdOf } from './traceId.ts';

/** The emulated API Gateway, or the endpoint at which an SDK invokes functions. */
export type EmulatedServer = 'gateway' | 'lambda';

/** A request to one of the emulated servers; times are of `performance.now()`. */
export interface Awaited {
  readonly of: EmulatedServer;
  /** What its client waits for. */
  readonly response: ServerResponse;
  readonly receivedAt: number;
  /** The trace that it belongs to. */
  readonly traceId: string | undefined;
  /** When the function was invoked for it, whether an instance was free or not; none until then. */
  invokedAt: number | undefined;
  /** What the gateway's client got; none until then. */
  answer: Answer | undefined;
  /** Who is told of it then. */
  tell: ((answer: Answer) => void) | undefined;
}

/** What a client of the gateway got, whoever gave it: the function, a limit, or the gateway itself. */
export interface Answer {
  /** None when it left before. */
  readonly status: number | undefined;
  /** Before it was compressed; none where there was none, or it was streamed. */
  readonly body: string | Buffer | undefined;
  /** Of `performance.now()`. */
  readonly at: number;
}

/** Where a response has its request: a WeakMap of so many short lives would cost the collector more than all else. */
const REQUEST = Symbol('lambdascope.request');

interface OfRequest {
  [REQUEST]?: Awaited;
}

const requests = new AsyncLocalStorage<Awaited | undefined>();

/**
 * Remembers, for whatever a request to a server leads to, the answer that its client waits for.
 *
 * @param serverOf which of the emulated servers it is; other servers' clients wait for something else
 */
export function rememberResponses(serverOf: (server: Server) => EmulatedServer | undefined): void {
  subscribe('http.server.request.start', (message) => {
    const { server, request, response } = message as {
      server: Server;
      request: IncomingMessage;
      response: ServerResponse;
    };
    const of = serverOf(server);
    const awaited: Awaited | undefined = of && {
      of,
      response,
      receivedAt: performance.now(),
      traceId: traceIdOf(request, of === 'gateway'),
      invokedAt: undefined,
      answer: undefined,
      tell: undefined,
    };
    requests.enterWith(awaited);
    if (awaited?.of === 'gateway') (response as OfRequest)[REQUEST] = awaited;
  });
}

/** The request to the gateway that has this answer. */
export function requestOf(response: ServerResponse): Awaited | undefined {
  return (response as OfRequest)[REQUEST];
}

/** The request that led here; none, when none did. */
export function awaitedRequest(): Awaited | undefined {
  return requests.getStore();
}

/** The answer that is waited for at a server; none, when no request to it led here. */
export function awaitedResponse(of: EmulatedServer = 'gateway'): ServerResponse | undefined {
  return responseOf(requests.getStore(), of);
}

/** The answer of a request, if it came to this server. */
export function responseOf(
  awaited: Awaited | undefined,
  of: EmulatedServer = 'gateway',
): ServerResponse | undefined {
  return awaited?.of === of ? awaited.response : undefined;
}

/** Runs what outlives the request that led to it, and must not keep it. */
export function withoutResponse<T>(work: () => T): T {
  return requests.run(undefined, work);
}
