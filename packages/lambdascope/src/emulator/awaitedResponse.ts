/** Which client's answer an invocation is for: the emulator does not tell its runner. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Server, ServerResponse } from 'node:http';

const responses = new AsyncLocalStorage<ServerResponse | undefined>();

/**
 * Remembers, for whatever a request to a server leads to, the answer that its client waits for.
 *
 * @param isApi whether a server is the emulated API Gateway; others' clients wait for something else
 */
export function rememberResponses(isApi: (server: Server) => boolean): void {
  subscribe('http.server.request.start', (message) => {
    const { server, response } = message as { server: Server; response: ServerResponse };
    responses.enterWith(isApi(server) ? response : undefined);
  });
}

/** The answer that is waited for; none, when no request led here. */
export function awaitedResponse(): ServerResponse | undefined {
  return responses.getStore();
}

/** Runs what outlives the request that led to it, and must not keep it. */
export function withoutResponse<T>(work: () => T): T {
  return responses.run(undefined, work);
}
