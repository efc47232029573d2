/** How many requests a second a server answers. */
import { closedLoop } from '../tools/load/closedLoop.ts';
import { openSender } from '../tools/load/sender.ts';
import { rowRequest } from './rowRequest.ts';
import type { BenchServer } from './servers.ts';

/** Good answers a second, each connection sending its next request when it has the answer. */
export async function throughput(
  { origin }: BenchServer,
  connections: number,
  seconds: number,
): Promise<number> {
  const { send, close } = openSender({ origin, connections });
  let answered = 0;
  const elapsed = await closedLoop({
    request: () => rowRequest,
    send,
    connections,
    seconds,
    onOutcome(_request, outcome) {
      if ('status' in outcome && outcome.status === 200) answered += 1;
    },
  });
  await close();
  return answered / elapsed;
}
