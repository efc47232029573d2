/** What the server has told so far: the frames and requests that it keeps, no more. */
import { type Frame, KEPT_SECONDS } from '../emulator/live/frame.ts';
import { KEPT_REQUESTS, type LiveUpdate } from '../emulator/live/update.ts';

/** The latest update, with the frames and requests of those before. */
export interface Live extends LiveUpdate {
  /** Requests that this page was ever told of. */
  readonly told: number;
}

/** Takes an update: what is new of the same history, or all of another. */
export function take(before: Live | undefined, update: LiveUpdate): Live {
  const told = (before?.told ?? 0) + update.requests.length;
  if (before?.history !== update.history) return { ...update, told };
  return {
    ...update,
    frames: joined(before.frames, update.frames),
    requests: [...before.requests, ...update.requests].slice(-KEPT_REQUESTS),
    told,
  };
}

function joined(before: readonly Frame[], added: readonly Frame[]): readonly Frame[] {
  const [first, last] = [added.at(0), added.at(-1)];
  if (first === undefined || last === undefined) return before;
  // A clock that was set back leaves what was ahead of it without a place.
  const kept = before.filter(({ time }) => time < first.time && time >= last.time - KEPT_SECONDS);
  return [...kept, ...added];
}
