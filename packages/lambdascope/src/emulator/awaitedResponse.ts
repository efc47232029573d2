/** Which client's answer an invocation is for: the emulator does not tell its runner. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Server } from '@hapi/hapi';

const responses = new AsyncLocalStorage<ServerResponse | undefined>();

/** Remembers, for whatever a request to the server leads to, the answer that its client waits for. */
export function rememberResponses(server: Server): void {
  for (const event of ['request', 'checkContinue']) {
    server.listener.prependListener(event, (_request: unknown, response: ServerResponse) =>
      responses.enterWith(response),
    );
  }
}

/** The answer that is waited for; none, when no request led here. */
export function awaitedResponse(): ServerResponse | undefined {
  return responses.getStore();
}

/** Runs what outlives the request that led to it, and must not keep it. */
export function withoutResponse<T>(work: () => T): T {
  return responses.run(undefined, work);
}
