import { describe, expect, it } from 'vitest';
import { startServer } from '../../test/localServer.ts';
import { freePort } from '../freePort.ts';
import { type HttpRequest, type Outcome, openSender } from './sender.ts';

async function outcomeOf(
  origin: string,
  { timeoutSeconds = 300, ...request }: Partial<HttpRequest> & { timeoutSeconds?: number } = {},
): Promise<Outcome> {
  const sender = openSender({ origin, connections: 1, timeoutSeconds });
  const outcome = await new Promise<Outcome>((resolve) =>
    sender.send({ method: 'GET', path: '/', ...request }, resolve),
  );
  await sender.close();
  return outcome;
}

describe('a sender', () => {
  it('gives the status and the whole body', async () => {
    const server = await startServer((_request, response) => {
      response.statusCode = 422;
      response.write('one ');
      setImmediate(() => response.end('two'));
    });
    const outcome = await outcomeOf(server.origin, { method: 'POST', body: 'x' });
    expect(outcome).toEqual({ status: 422, body: Buffer.from('one two') });
    await server.close();
  });

  it('says that nobody listens', async () => {
    expect(await outcomeOf(`http://127.0.0.1:${await freePort()}`)).toEqual({
      failure: 'connection refused',
    });
  });

  it('says that the server hung up', async () => {
    const server = await startServer((request) => request.socket.destroy());
    expect(await outcomeOf(server.origin)).toEqual({ failure: 'connection reset' });
    await server.close();
  });

  it('gives up on a server that does not answer', async () => {
    const server = await startServer(() => {});
    expect(await outcomeOf(server.origin, { timeoutSeconds: 0.1 })).toEqual({
      failure: 'no answer in time',
    });
    await server.close();
  });
});
