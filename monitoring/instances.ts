/** Which instances are alive and what each is answering, told apart by their thread. */
import type { Invocation } from '../lib/observation.ts';

/** Something of a function: an instance, or an invocation. */
export interface OfFunction {
  readonly function: string;
}

/** The instances of this emulator. */
export interface Instances {
  /** @param startedAt of `performance.now()` */
  begin(thread: number, invocation: Invocation, startedAt: number): void;
  end(thread: number): void;
  /** Forgets an instance; gives what it had not answered, and how long that took until now. */
  remove(thread: number): { invocation: Invocation; seconds: number } | undefined;
  alive(): readonly OfFunction[];
  busy(): readonly OfFunction[];
}

/** No instances yet; each is known from its first invocation on. */
export function createInstances(): Instances {
  const alive = new Map<number, OfFunction>();
  // An instance answers one invocation at a time.
  const busy = new Map<number, { invocation: Invocation; startedAt: number }>();
  return {
    begin(thread, invocation, startedAt) {
      alive.set(thread, invocation);
      busy.set(thread, { invocation, startedAt });
    },
    end(thread) {
      busy.delete(thread);
    },
    remove(thread) {
      const unanswered = busy.get(thread);
      alive.delete(thread);
      busy.delete(thread);
      if (unanswered === undefined) return undefined;
      const { invocation, startedAt } = unanswered;
      const seconds = invocation.initSeconds + (performance.now() - startedAt) / 1000;
      return { invocation, seconds };
    },
    alive: () => [...alive.values()],
    busy: () => [...busy.values()].map(({ invocation }) => invocation),
  };
}
