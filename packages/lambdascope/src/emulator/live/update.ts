/** What the live page asks for again and again. */
import type { Frame, Signals } from './frame.ts';
import type { RequestSummary } from './request.ts';

/**
 * What `GET /live?history=ID&after=N` answers: everything since the frame N of that history; all that is
 * kept without these, or with those of another history. It waits for the next frame, a second at most.
 */
export interface LiveUpdate {
  /** Id of the history: another after a restart, when what was shown before is void. */
  readonly history: string;
  /** Number of the newest frame. */
  readonly newest: number;
  /** Unix time of the answer, in seconds. */
  readonly time: number;
  /** Oldest first. */
  readonly frames: readonly Frame[];
  /** Those that ended since, oldest first; the last 1,000 at most. */
  readonly requests: readonly RequestSummary[];
  /** Over all that is kept. */
  readonly lately: Signals;
  /** Unix time in seconds. */
  readonly startedAt: number;
  /** Since the start. */
  readonly coldStarts: number;
  /** The labels of each metric whose panel is an info, by its name. */
  readonly infos: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Requests that are kept for the list. */
export const KEPT_REQUESTS = 1000;
