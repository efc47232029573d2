/** Stops a run as soon as the very key is refused: every later answer would be the same. */
import type { LoadRequest } from './requests.ts';
import type { Outcome } from './sender.ts';
import { TargetError } from './target.ts';

/** Watches outcomes. */
export interface KeyGate {
  /** Aborts with the signal it was made from, and when the key is refused. */
  readonly signal: AbortSignal;
  check(request: LoadRequest, outcome: Outcome): void;
  /** @throws TargetError when the key was refused. */
  throwIfRefused(): void;
}

/** A gate that has seen nothing yet. A refusal after the first good answer is an answer like others. */
export function createKeyGate(signal: AbortSignal): KeyGate {
  const refused = new AbortController();
  let admitted = false;
  return {
    signal: AbortSignal.any([signal, refused.signal]),
    check({ invokes }, outcome) {
      if (!invokes || 'failure' in outcome) return;
      if (outcome.status !== 403) admitted = true;
      else if (!admitted) refused.abort();
    },
    throwIfRefused() {
      if (!refused.signal.aborted) return;
      throw new TargetError(
        'The server refuses the API key (403). It takes the one of npm start: from .env, unless API_KEY is set.',
      );
    },
  };
}
