/** Tells when a client of the emulated gateway has its answer, and what that was. */
import type { Server } from '@hapi/hapi';
import { type Answer, type Awaited, requestOf } from './awaitedResponse.ts';
import { instanceEvents } from './instanceEvents.ts';

/** Watches every answer of a server from now on. */
export function watchAnswers(server: Server): void {
  server.events.on('response', ({ raw: { res }, response }) => {
    const awaited = requestOf(res);
    if (awaited === undefined) return;
    const answer = {
      status: res.writableFinished ? res.statusCode : undefined,
      body:
        typeof response === 'object' && 'source' in response ? bodyOf(response.source) : undefined,
      at: performance.now(),
    };
    const { tell } = awaited;
    // Whatever waits in the context of the request would keep it alive.
    awaited.tell = undefined;
    if (tell !== undefined) tell(answer);
    else if (awaited.invokedAt !== undefined) awaited.answer = answer;
    else if (res.writableFinished) instanceEvents.emit('unreached', { ...awaited, answer });
  });
}

/**
 * Tells what the client got, once it has it: what the function gave may be more than can be sent. At once, if
 * no client waits, or the gateway did not wait for the function.
 */
export function whenAnswered(awaited: Awaited | undefined, tell: (answer: Answer) => void): void {
  if (awaited?.of === 'gateway' && awaited.answer === undefined) awaited.tell = tell;
  else tell(awaited?.answer ?? { status: undefined, body: undefined, at: performance.now() });
}

function bodyOf(source: unknown): Answer['body'] {
  if (typeof source === 'string' || Buffer.isBuffer(source)) return source;
  const isPlain = typeof source === 'object' && source !== null && !('pipe' in source);
  return isPlain ? JSON.stringify(source) : undefined;
}
