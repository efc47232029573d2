/** Asks the server. */
import type { FunctionsView } from '../emulator/live/functionView.ts';
import type { Again, RequestDetail, SentAgain } from '../emulator/live/request.ts';
import type { LiveUpdate } from '../emulator/live/update.ts';
import type { LiveService } from '../emulator/livePage.ts';

/** How long an answer may take, in milliseconds; that to what is sent again, as long as its function. */
const PATIENCE = 5000;

/** The server answered that it could not. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * What is new since this update; all that is kept without one.
 *
 * @throws Error when the server does not answer in time.
 */
export function askLive(since?: Pick<LiveUpdate, 'history' | 'newest'>): Promise<LiveUpdate> {
  if (since === undefined) return ask('/live');
  return ask(`/live?history=${encodeURIComponent(since.history)}&after=${since.newest}`);
}

/**
 * What to show.
 *
 * @throws Error when the server does not answer in time.
 */
export function askService(): Promise<LiveService> {
  return ask('/service');
}

/**
 * All that is kept of a request.
 *
 * @throws RefusedError with the status 404 when it is no longer kept.
 */
export function askRequest(id: string): Promise<RequestDetail> {
  return ask(`/requests/${encodeURIComponent(id)}`);
}

/**
 * The functions, with their instances of the last seconds.
 *
 * @throws Error when the server does not answer in time.
 */
export function askFunctions(seconds: number): Promise<FunctionsView> {
  return ask(`/functions?seconds=${seconds}`);
}

/**
 * Sends a request again.
 *
 * @throws RefusedError with the reason when the server will not.
 */
export function sendAgain(id: string, again: Again): Promise<SentAgain> {
  return ask(`/requests/${encodeURIComponent(id)}/again`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(again),
    signal: null,
  });
}

async function ask<Answer>(path: string, options: RequestInit = {}): Promise<Answer> {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(path, { cache: 'no-store', signal, ...options });
  if (response.ok) return response.json();
  const problem: { detail?: unknown } = await response.json().catch(() => ({}));
  const { detail = `${path} answered ${response.status}` } = problem ?? {};
  throw new RefusedError(response.status, String(detail));
}
