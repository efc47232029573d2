/** Lets requests through, or makes them wait while the functions are replaced. */
import type { Server } from '@hapi/hapi';

/** Runs work while no request is in flight. */
export interface Turnstile {
  /** New requests wait until `work` is done; `work` waits for those in flight. */
  close(work: () => Promise<void>): Promise<void>;
}

/** Puts a turnstile in front of a server. */
export function turnstile(server: Server): Turnstile {
  let inFlight = 0;
  let closed: Promise<void> | undefined;
  let whenEmpty: (() => void) | undefined;

  server.ext('onRequest', async (_request, h) => {
    while (closed) await closed;
    inFlight++;
    return h.continue;
  });
  server.events.on('response', () => {
    inFlight--;
    if (inFlight === 0) whenEmpty?.();
  });

  return {
    async close(work) {
      while (closed) await closed;
      const { promise, resolve } = Promise.withResolvers<void>();
      closed = promise;
      try {
        if (inFlight > 0) {
          await new Promise<void>((empty) => {
            whenEmpty = empty;
          });
        }
        await work();
      } finally {
        whenEmpty = undefined;
        closed = undefined;
        resolve();
      }
    },
  };
}
