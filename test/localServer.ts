/** A small real HTTP server for tests of clients. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';

/** A running server. */
export type LocalServer = Awaited<ReturnType<typeof startServer>>;

/** Starts a server on a free port; the listener is called when the whole request has come in. */
export async function startServer(listener: RequestListener) {
  let received = 0;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    await request.resume().toArray();
    received += 1;
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    /** Scheme, host and port. */
    origin: `http://127.0.0.1:${address.port}`,
    /** Requests received so far. */
    received: () => received,
    /** Ends it, with every connection. */
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
