/** A TCP port in front of a server, which can be made to misbehave as networks and servers do. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What the port does with a connection. */
export type Trouble = 'none' | 'refuses' | 'never answers' | 'answers garbage';

/** The port. */
export type TroubledLink = Awaited<ReturnType<typeof linkTo>>;

/** Listens on a free port in front of a server on this machine. */
export async function linkTo(address: string) {
  const target = new URL(address);
  const sockets = new Set<Socket>();
  let trouble: Trouble = 'none';

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  }

  const server = createServer((client) => {
    keep(client);
    if (trouble === 'refuses') client.resetAndDestroy();
    if (trouble === 'answers garbage') client.end('\x00\xff SSH-2.0 not what you think\r\n\r\n');
    if (trouble !== 'none') return;
    const upstream = connect(Number(target.port), target.hostname);
    keep(upstream);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('no port');

  function breakAll(): void {
    for (const socket of sockets) socket.destroy();
  }
  return {
    /** Base URL, without a slash at its end. */
    url: `http://127.0.0.1:${own.port}`,
    /** From now on; open connections are broken. */
    set(next: Trouble) {
      trouble = next;
      breakAll();
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
