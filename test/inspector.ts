/** Asks a running Node process for its memory, over the protocol of its inspector. */
import type { Emulator } from './emulator.ts';
import { eventually } from './eventually.ts';

/** Lets a process that is started with it be asked, on a free port of loopback. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** Connects by the address that the emulator printed. */
export async function inspect(emulator: Emulator) {
  const address = await eventually(() => {
    const [, found] = emulator.output().match(/Debugger listening on (ws:\S+)/) ?? [];
    if (found !== undefined) return found;
    throw new Error(`no inspector:\n${emulator.output()}`);
  });
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  let lastId = 0;

  function call(method: string): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve) => {
      socket.addEventListener('message', function listen({ data }) {
        const message = JSON.parse(String(data)) as { id?: number; result?: unknown };
        if (message.id !== id) return;
        socket.removeEventListener('message', listen);
        resolve(message.result);
      });
      socket.send(JSON.stringify({ id, method }));
    });
  }

  return {
    /** Bytes of the heap in use after a full collection. */
    async heapAfterCollection() {
      await call('HeapProfiler.collectGarbage');
      const { usedSize } = (await call('Runtime.getHeapUsage')) as { usedSize: number };
      return usedSize;
    },
    close: () => socket.close(),
  };
}
