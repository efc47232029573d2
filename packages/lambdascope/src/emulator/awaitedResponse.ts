/** Which client's answer an invocation is for: the emulator does not tell its runner. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Server, ServerResponse } from 'node:http';

/** The emulated API Gateway, or the endpoint at which an SDK invokes functions. */
export type EmulatedServer = 'gateway' | 'lambda';

interface Awaited {
  readonly of: EmulatedServer;
  readonly response: ServerResponse;
}

const responses = new AsyncLocalStorage<Awaited | undefined>();

/**
 * Remembers, for whatever a request to a server leads to, the answer that its client waits for.
 *
 * @param serverOf which of the emulated servers it is; other servers' clients wait for something else
 */
export function rememberResponses(serverOf: (server: Server) => EmulatedServer | undefined): void {
  subscribe('http.server.request.start', (message) => {
    const { server, response } = message as { server: Server; response: ServerResponse };
    const of = serverOf(server);
    responses.enterWith(of && { of, response });
  });
}

/** The answer that is waited for at a server; none, when no request to it led here. */
export function awaitedResponse(of: EmulatedServer = 'gateway'): ServerResponse | undefined {
  const awaited = responses.getStore();
  return awaited?.of === of ? awaited.response : undefined;
}

/** Runs what outlives the request that led to it, and must not keep it. */
export function withoutResponse<T>(work: () => T): T {
  return responses.run(undefined, work);
}
