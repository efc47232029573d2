/** The latest requests, and the slowest of each second before: what the live page can open. */
import type { Frame } from './frame.ts';
import type { KeptRequest } from './keptRequest.ts';
import type { RequestSummary } from './request.ts';
import { KEPT_REQUESTS } from './update.ts';

export interface RequestLog {
  add(request: KeptRequest): void;
  /** What is kept under an id; none when it is no longer. */
  find(id: string): KeptRequest | undefined;
  /** Id of the request of a trace, among the latest or those to come; none when none comes within so many milliseconds. */
  next(traceId: string, millis: number): Promise<string | undefined>;
  /**
   * A frame has ended: its slowest requests are kept for as long as it is.
   *
   * @param oldest number of the oldest frame that is kept
   */
  endFrame(number: number, oldest: number): Pick<Frame, 'slowest' | 'slowestCold'>;
  /** The lines of the list of those of all frames that ended after frame `number`, oldest first. */
  since(number: number): RequestSummary[];
}

interface Entry {
  readonly request: KeptRequest;
  /** Number of the frame that had ended last when it came. */
  readonly after: number;
}

/** An empty log. */
export function createRequestLog(): RequestLog {
  /** Oldest first. */
  const latest: Entry[] = [];
  const slowestOfFrames: { readonly entry: Entry; readonly frame: number }[] = [];
  const pinned = new Set<Entry>();
  const byId = new Map<string, Entry>();
  const listeners = new Set<(entry: Entry) => void>();
  let ended = 0;
  let slowest: Entry | undefined;
  let slowestCold = new Map<string, Entry>();

  function pin(entry: Entry): void {
    slowestOfFrames.push({ entry, frame: ended });
    pinned.add(entry);
    byId.set(idOf(entry), entry);
  }

  function forget(entry: Entry): void {
    if (byId.get(idOf(entry)) === entry) byId.delete(idOf(entry));
  }

  return {
    add(request) {
      const { id, function: name, isCold, instance } = request.summary;
      const entry = { request, after: ended };
      latest.push(entry);
      byId.set(id, entry);
      const gone = latest.length > KEPT_REQUESTS ? latest.shift() : undefined;
      if (gone !== undefined && !pinned.has(gone)) forget(gone);
      if (instance !== null) slowest = slowerOf(entry, slowest);
      if (isCold) slowestCold.set(name, slowerOf(entry, slowestCold.get(name)));
      for (const tell of listeners) tell(entry);
    },
    find: (id) => byId.get(id)?.request,
    next(traceId, millis) {
      const known = latest.findLast(({ request }) => request.traceId === traceId);
      if (known !== undefined) return Promise.resolve(idOf(known));
      return new Promise((resolve) => {
        const end = (id?: string) => {
          listeners.delete(tell);
          clearTimeout(timer);
          resolve(id);
        };
        const tell = (entry: Entry) => {
          if (entry.request.traceId === traceId) end(idOf(entry));
        };
        const timer = setTimeout(end, millis);
        listeners.add(tell);
      });
    },
    endFrame(number, oldest) {
      ended = number;
      for (const entry of new Set([slowest, ...slowestCold.values()])) {
        if (entry !== undefined) pin(entry);
      }
      for (
        let [first] = slowestOfFrames;
        first && first.frame < oldest;
        [first] = slowestOfFrames
      ) {
        slowestOfFrames.shift();
        pinned.delete(first.entry);
        if (!latest.includes(first.entry)) forget(first.entry);
      }
      const cold = [...slowestCold].map(([name, entry]) => [name, idOf(entry)] as const);
      const found = slowest && idOf(slowest);
      slowest = undefined;
      slowestCold = new Map();
      return {
        slowestCold: Object.fromEntries(cold),
        ...(found !== undefined && { slowest: found }),
      };
    },
    since(number) {
      return latest
        .filter(({ after }) => after >= number && after < ended)
        .map(({ request }) => request.summary);
    },
  };
}

function idOf({ request }: Entry): string {
  return request.summary.id;
}

function slowerOf(one: Entry, other: Entry | undefined): Entry {
  const seconds = ({ request }: Entry) => request.summary.seconds;
  return other === undefined || seconds(one) > seconds(other) ? one : other;
}
