/** Sends what no HTTP client would. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * The first answer to bytes, once the server has closed the connection: they must ask for that, or
 * be nothing that a server can go on from.
 */
export async function sendBytes(url: string, bytes: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    received += chunk;
  });
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  const end = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const length = Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY);
  return {
    status: Number(first.split(' ')[1]),
    headers,
    body: received.slice(end + 4, end + 4 + length),
  };
}
