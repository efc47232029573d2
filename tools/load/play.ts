/** Plays one part of a run against a server. */
import { KeyGate } from './keyGate.ts';
import { openLoop } from './openLoop.ts';
import { arrivalsOf, type Part, type Profile, profiles, type Source } from './profiles.ts';
import type { LoadRequest } from './requests.ts';
import { openSender } from './sender.ts';
import { countsSince, readCounts, type ServerCounts, untilNoInstance } from './serverCounts.ts';
import { Tally } from './tally.ts';
import type { Target } from './target.ts';

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

/** What became of a part. */
export interface PartResult {
  readonly part: Part;
  readonly tally: Tally;
  /** From the start to the last outcome. */
  readonly seconds: number;
  /** What the server counted meanwhile; undefined when it cannot be known. */
  readonly server: ServerCounts | undefined;
}

/** What the server may take longer than twice its idle time, in milliseconds. */
const IDLE_MARGIN = 3000;

/** Starts to play a part. */
export function play(options: Play) {
  const { part, source, timeoutSeconds, idleSeconds } = options;
  const { origin, metricsUrl } = options.target;
  const { settings } = part;
  const { requests, afterIdle }: Profile = profiles[part.profile];
  const tally = new Tally();
  const next = requests(source);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  let waiting: string | undefined;

  const run = async (): Promise<PartResult> => {
    const before = await readCounts(metricsUrl);
    const sender = openSender({ origin, connections: settings.concurrency, timeoutSeconds });
    const gate = new KeyGate(options.signal);
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
          if ('status' in outcome && outcome.status === 200) request.answered?.(outcome.body);
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
          await untilNoInstance(metricsUrl, 2 * idleSeconds * 1000 + IDLE_MARGIN, gate.signal);
          waiting = undefined;
          if (!gate.signal.aborted) await round(settings.count - tally.sent);
        } while (
          !gate.signal.aborted &&
          tally.sent < settings.count &&
          elapsed() + 2 * idleSeconds < settings.seconds
        );
      } else await round(settings.count);
    } finally {
      await sender.close();
    }
    const seconds = elapsed();
    gate.throwIfRefused();
    return { part, tally, seconds, server: await countsSince(before, metricsUrl, tally.invoked) };
  };

  return {
    progress: (): Progress => ({
      part,
      fraction: Math.min(1, elapsed() / settings.seconds),
      tally,
      waiting,
    }),
    result: run(),
  };
}
