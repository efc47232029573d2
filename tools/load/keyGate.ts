/** Stops a run as soon as the very key is refused: every later answer would be the same. */
import type { LoadRequest } from './requests.ts';
import type { Outcome } from './sender.ts';
import { TargetError } from './target.ts';

/** Has seen nothing yet. A refusal after the first good answer is an answer like others. */
export class KeyGate {
  readonly #refused = new AbortController();
  #admitted = false;
  /** Aborts with the signal it was made from, and when the key is refused. */
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#refused.signal]);
  }

  check({ invokes }: LoadRequest, outcome: Outcome): void {
    if (!invokes || 'failure' in outcome) return;
    if (outcome.status !== 403) this.#admitted = true;
    else if (!this.#admitted) this.#refused.abort();
  }

  /** @throws TargetError when the key was refused. */
  throwIfRefused(): void {
    if (!this.#refused.signal.aborted) return;
    throw new TargetError(
      'The server refuses the API key (403). It takes the one of npm start: from .env, unless API_KEY is set.',
    );
  }
}
