/** Refuses what cannot be read as an HTTP request, in the form of all other answers. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Server } from '@hapi/hapi';
import { gatewayProblem } from '../../lib/gatewayAnswers.ts';
import { problemAnswer, problemBytes } from './problemAnswer.ts';

/** What Node reports when the bytes after a request do not begin another. */
const NOT_A_REQUEST = 'HPE_INVALID_METHOD';

/** Refuses a target that hapi's router or the emulator cannot take apart. */
export function refuseUnreadableTargets(server: Server): void {
  server.ext('onRequest', ({ path, raw }, h) =>
    isReadable(path, raw.req.url)
      ? h.continue
      : problemAnswer(h, gatewayProblem('BAD_REQUEST_PARAMETERS')).takeover(),
  );
}

/** Replaces the bare status lines of Node and hapi for what makes no request. */
export function answerUnreadable({ listener }: Server): void {
  // Node would answer these by itself; like any other request they are read, and judged later.
  Object.assign(listener, { requireHostHeader: false });
  listener.on('checkExpectation', (request, response) => {
    listener.emit('request', request, response);
  });

  const answering = new WeakMap<Socket, ServerResponse>();
  listener.prependListener('request', ({ socket }, response) => {
    answering.set(socket, response);
    response.once('close', () => answering.delete(socket));
  });

  const [hapi] = listener.listeners('clientError');
  listener.removeAllListeners('clientError');
  listener.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = answering.get(socket);
    // hapi answers the request that it has begun to read.
    if (response && error.code !== NOT_A_REQUEST) hapi?.call(listener, error, socket);
    else if (response) response.once('close', () => refuse(socket));
    else refuse(socket);
  });
}

function isReadable(path: string, target = ''): boolean {
  if (!path.startsWith('/') || !URL.canParse(target, 'http://localhost')) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function refuse(socket: Socket): void {
  if (socket.writable) socket.end(problemBytes(gatewayProblem('BAD_REQUEST_PARAMETERS')));
  else socket.destroy();
}
