/** Times of the parts of an invocation: those that a handler names, and Middy's middlewares. */

/** What a part is: a middleware of the chain, the handler itself, or what it timed. */
export type SpanKind = 'middleware' | 'handler' | 'span';

/** A part of an invocation; times are in milliseconds. */
export interface Span {
  readonly name: string;
  readonly kind: SpanKind;
  /** From the moment at which the observed invocation began. */
  readonly startMillis: number;
  /** Until the invocation ended, if the part went on. */
  readonly millis: number;
}

/**
 * The parts of an invocation in the order in which they began, in columns: every invocation fills them in code
 * that an instance has hardly run yet, and sends them.
 */
export interface Spans {
  readonly names: readonly string[];
  readonly kinds: readonly SpanKind[];
  /** `startMillis` and `millis` of each, in turn. */
  readonly times: readonly number[];
}

/** The parts of an observed invocation, while it runs. */
export interface Recording {
  /** Of `performance.now()`. */
  readonly startedAt: number;
  readonly names: string[];
  readonly kinds: SpanKind[];
  readonly times: number[];
  /** Indices of Middy's parts that have not ended, inner ones last. */
  readonly open: number[];
  /** How many of those each chain found that runs within another's handler. */
  readonly outer: number[];
}

/** More would cost the request that they tell of. */
const MOST_PARTS = 100;
const LONGEST_NAME = 100;

/** Time of a part that has not ended. */
const GOES_ON = Number.NaN;

/** Of the invocation that began last: there is one at a time, but in an emulator's own process. */
let recording: Recording | undefined;

/** An observed invocation begins. Parts without one belong to none, and are dropped. */
export function beginSpans(startedAt: number): Recording {
  recording = { startedAt, names: [], kinds: [], times: [], open: [], outer: [] };
  return recording;
}

/** An observed invocation ends: the parts that it had. */
export function endSpans(ended: Recording): Spans {
  if (recording === ended) recording = undefined;
  const { startedAt, names, kinds, times, open } = ended;
  // What is open of Middy's is the middleware that ends the invocation here, and what that is in.
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    names.splice(index, 1);
    kinds.splice(index, 1);
    times.splice(2 * index, 2);
  }
  for (let at = 0; at < times.length; at += 2) {
    const start = times[at] as number;
    if (Number.isNaN(times[at + 1])) times[at + 1] = performance.now() - startedAt - start;
  }
  return { names, kinds, times };
}

/** The parts, each by itself. */
export function spansOf({ names, kinds, times }: Spans): Span[] {
  return names.map((name, index) => ({
    name,
    kind: kinds[index] ?? 'span',
    startMillis: times[2 * index] ?? 0,
    millis: times[2 * index + 1] ?? 0,
  }));
}

/**
 * Times a part of an invocation, for the live page. Parts may lie within others, and beside them.
 *
 * @param name what the page calls it; of 100 characters at the most
 * @param work what is timed: until it returns, or its promise is settled
 * @returns what `work` returns
 * @throws what `work` throws
 *
 * @example
 * const order = await span('read order', () => database.get(id));
 */
export function span<Result>(name: string, work: () => Result): Result {
  const current = recording;
  if (current === undefined) return work();
  const part = begin(current, name, 'span');
  let goesOn = false;
  try {
    const result = work();
    if (!isPromise(result)) return result;
    goesOn = true;
    return result.then(
      (value) => {
        end(current, part);
        return value;
      },
      (error) => {
        end(current, part);
        throw error;
      },
    ) as Result;
  } finally {
    if (!goesOn) end(current, part);
  }
}

/**
 * A plugin for Middy that times its middlewares and the handler, in invocations that are observed.
 *
 * @example
 * export const handler = middy(core, middySpans).use(observe()).use(httpErrorHandler());
 */
export const middySpans = {
  requestStart(): void {
    recording?.outer.push(recording.open.length);
  },
  beforeMiddleware(name: string): void {
    enter(name || 'middleware', 'middleware');
  },
  afterMiddleware: leave,
  beforeHandler(): void {
    enter('handler', 'handler');
  },
  afterHandler: leave,
  requestEnd(): void {
    leave();
    recording?.outer.pop();
  },
};

/** A part of Middy's begins; the one before has ended, though Middy does not tell if it threw. */
function enter(name: string, kind: SpanKind): void {
  if (recording === undefined) return;
  leave();
  recording.open.push(begin(recording, name, kind));
}

/** The part of Middy's that is open ends, if there is one in this chain. */
function leave(): void {
  if (recording === undefined) return;
  const { open, outer } = recording;
  const depth = outer[outer.length - 1] ?? 0;
  while (open.length > depth) {
    const part = open.pop();
    if (part !== undefined) end(recording, part);
  }
}

/** Index of a new part; none of what is kept, where there are too many. */
function begin(
  { startedAt, names, kinds, times }: Recording,
  name: string,
  kind: SpanKind,
): number {
  const index = names.length;
  if (index >= MOST_PARTS) return MOST_PARTS;
  names.push(String(name).slice(0, LONGEST_NAME));
  kinds.push(kind);
  times.push(performance.now() - startedAt, GOES_ON);
  return index;
}

function end({ startedAt, times }: Recording, index: number): void {
  const start = times[2 * index];
  if (start !== undefined) times[2 * index + 1] = performance.now() - startedAt - start;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
