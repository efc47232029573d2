/** Plays one part of a run against a server, and compares with what the server counted. */
import { setTimeout as pause } from 'node:timers/promises';
import { openLoop } from './openLoop.ts';
import { arrivalsOf, type Part, type Profile, profiles, type Source } from './profiles.ts';
import type { LoadRequest } from './requests.ts';
import { type Outcome, openSender } from './sender.ts';
import { readCounts, readInstances, type ServerCounts } from './serverCounts.ts';
import { createTally, type Tally } from './tally.ts';
import { type Target, TargetError } from './target.ts';

/** How a part is going. */
export interface Progress {
  readonly part: Part;
  /** 0 to 1. */
  readonly fraction: number;
  readonly tally: Tally;
  /** What is waited for, if nothing is being sent. */
  readonly waiting: string | undefined;
}

/** What a part needs. */
export interface Play {
  readonly part: Part;
  readonly target: Target;
  readonly source: Source;
  /** A request without an answer after this many seconds is lost. */
  readonly timeoutSeconds: number;
  /** After so many seconds without a request the server may end an instance; after twice as many it has. */
  readonly idleSeconds: number;
  /** Ends the part early. */
  readonly signal: AbortSignal;
}

/** A part that is being played. */
export interface Playing {
  progress(): Progress;
  readonly result: Promise<PartResult>;
}

/** What became of a part. */
export interface PartResult {
  readonly part: Part;
  readonly tally: Tally;
  /** From the start to the last outcome. */
  readonly seconds: number;
  /** What the server counted meanwhile; undefined when it cannot be known. */
  readonly server: ServerCounts | undefined;
}

/** Observations travel beside the answers: the server's counts may come so many milliseconds later. */
const COUNTS_DEADLINE = 2000;

/** Time between two looks at the server's metrics, in milliseconds. */
const LOOK = 200;

/** What the server may take longer than twice its idle time, in milliseconds. */
const IDLE_MARGIN = 3000;

/** Starts to play a part. */
export function play(options: Play): Playing {
  const { part, source, timeoutSeconds, target } = options;
  const { settings } = part;
  const { requests, afterIdle }: Profile = profiles[part.profile];
  const tally = createTally();
  const next = requests(source);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  let waiting: string | undefined;

  const run = async (): Promise<PartResult> => {
    const before = await counts(target);
    const sender = openSender({
      origin: target.origin,
      connections: settings.concurrency,
      timeoutSeconds,
    });
    const gate = keyGate(options.signal);
    const round = async (limit: number) => {
      const { pending, unsent } = await openLoop<LoadRequest>({
        arrivals: arrivalsOf({ ...part, settings: { ...settings, count: limit } }),
        request: (due) => next(Math.min(1, due / (settings.seconds * 1000))),
        send: sender.send,
        connections: settings.concurrency,
        deadline: (settings.seconds + timeoutSeconds) * 1000,
        signal: gate.signal,
        onSend: (_request, delay) => tally.send(delay),
        onOutcome: (request, outcome, latency) => {
          gate.check(request, outcome);
          tally.outcome(request, outcome, latency);
        },
      });
      tally.lose('no answer in time', pending);
      tally.lose('never sent', unsent);
    };

    try {
      if (afterIdle) {
        // At least one return; another if its gap may end in time.
        do {
          waiting = 'waiting for the idle instances to end';
          await untilIdle(options);
          waiting = undefined;
          if (!gate.signal.aborted) await round(settings.count - tally.sent);
        } while (
          !gate.signal.aborted &&
          tally.sent < settings.count &&
          elapsed() + 2 * options.idleSeconds < settings.seconds
        );
      } else await round(settings.count);
    } finally {
      await sender.close();
    }
    const seconds = elapsed();
    gate.throwIfRefused();
    return { part, tally, seconds, server: await difference(target, before, tally) };
  };

  return {
    progress: () => ({
      part,
      fraction: Math.min(1, elapsed() / settings.seconds),
      tally,
      waiting,
    }),
    result: run(),
  };
}

/** Stops a part at once when the very key is refused: every later answer would be the same. */
function keyGate(signal: AbortSignal) {
  const refused = new AbortController();
  let admitted = false;
  return {
    signal: AbortSignal.any([signal, refused.signal]),
    check({ invokes }: LoadRequest, outcome: Outcome): void {
      if (!invokes || 'failure' in outcome) return;
      if (outcome.status !== 403) admitted = true;
      else if (!admitted) refused.abort();
    },
    throwIfRefused(): void {
      if (!refused.signal.aborted) return;
      throw new TargetError(
        'The server refuses the API key (403). It takes the one that npm start printed: from .env, unless API_KEY is set.',
      );
    },
  };
}

/** Waits until the server has no instance left, by its own count or, where that is not known, by the clock. */
async function untilIdle({ target, idleSeconds, signal }: Play): Promise<void> {
  const longest = 2 * idleSeconds * 1000 + IDLE_MARGIN;
  const deadline = performance.now() + longest;
  while (performance.now() < deadline && !signal.aborted) {
    if (target.metricsUrl && (await readInstances(target.metricsUrl)) === 0) return;
    await pause(LOOK, undefined, { signal }).catch(() => undefined);
  }
}

async function counts({ metricsUrl }: Target): Promise<ServerCounts | undefined> {
  return metricsUrl === undefined ? undefined : readCounts(metricsUrl);
}

/** What the server counted since `before`, as soon as it has counted every answer. */
async function difference(
  target: Target,
  before: ServerCounts | undefined,
  tally: Tally,
): Promise<ServerCounts | undefined> {
  if (before === undefined) return undefined;
  const deadline = performance.now() + COUNTS_DEADLINE;
  for (;;) {
    const now = await counts(target);
    if (now === undefined) return undefined;
    const requests = now.requests - before.requests;
    // Counters that went back belong to a server that was started again.
    if (requests < 0) return undefined;
    if (requests >= tally.invoked || performance.now() > deadline) {
      return { requests, coldStarts: now.coldStarts - before.coldStarts };
    }
    await pause(LOOK);
  }
}
