/** Keeps the page's state after the server's: asks again and again. */
import { askLive, askService } from './ask.ts';
import { take } from './live.ts';
import { state } from './state.ts';

/** Time until a server that does not answer is asked again, in milliseconds. */
const RETRY = 1000;
/** The least time between two answers, in milliseconds, whatever the server does. */
const LEAST = 100;
/** Time between two looks at what there is to show, in milliseconds. */
const SERVICE_PERIOD = 10_000;

/** Follows what happens. */
export async function followLive(): Promise<never> {
  /** By how much the server's clock is ahead of the browser's, in seconds. */
  let ahead = 0;
  for (;;) {
    const least = pause(LEAST);
    try {
      const { live } = state.get();
      const update = await askLive(live);
      ahead = update.time - Date.now() / 1000;
      state.set({ live: take(live, update), connection: 'live', now: update.time });
      await least;
    } catch {
      const { connection } = state.get();
      const now = Date.now() / 1000 + ahead;
      state.set({ now, connection: typeof connection === 'string' ? { lostAt: now } : connection });
      await pause(RETRY);
    }
  }
}

/** Follows what there is to show; it stays as it was while the server does not answer. */
export async function followService(): Promise<never> {
  for (;;) {
    const service = await askService().catch(() => undefined);
    if (JSON.stringify(service ?? state.get().service) !== JSON.stringify(state.get().service)) {
      state.set(service === undefined ? {} : { service });
    }
    await pause(SERVICE_PERIOD);
  }
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
