/** What a run found, in the form that `--json` prints. */
import type { Objective } from './options.ts';
import type { PartResult } from './play.ts';
import type { Settings } from './profiles.ts';
import { byReason, type ServerCounts } from './serverCounts.ts';
import { type Percentiles, type Surprise, Tally } from './tally.ts';

/** Counts and times of some requests. */
export interface Summary {
  readonly sent: number;
  readonly answered: number;
  /** Requests that were due and have no answer. */
  readonly lost: number;
  /** Lost requests by reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers that the contract does not promise. */
  readonly unexpected: readonly Surprise[];
  /** By the client's clock, from when a request was due to the end of its answer. */
  readonly latencyMs: Percentiles | null;
  /** How long after its due time a request was sent; part of the latency. */
  readonly sendDelayMs: Percentiles | null;
  readonly seconds: number;
  /** Rows predicted. */
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Rows that the server called out of distribution. */
  readonly outOfDistribution: number;
  /** What the server's functions counted meanwhile; null when it is not known. */
  readonly server: ServerCounts | null;
  /** Answers that the server's functions gave or had no instance for, by what was sent; the gateway gave the others. */
  readonly invoked: number;
}

/** One profile's part of a run. */
export interface ProfileReport extends Summary {
  readonly profile: string;
  readonly settings: Settings;
}

/** What an objective came to. */
export interface ObjectiveReport extends Objective {
  /** The worst profile, and its latency. */
  readonly worst: { readonly profile: string; readonly ms: number } | null;
  readonly met: boolean;
}

/** A whole run. */
export interface Report {
  readonly url: string;
  readonly seed: number;
  readonly startedAt: string;
  /** Whether it was ended early. */
  readonly interrupted: boolean;
  readonly profiles: readonly ProfileReport[];
  readonly total: Summary;
  readonly objectives: readonly ObjectiveReport[];
  /** Nothing lost, nothing unexpected, every objective met. */
  readonly ok: boolean;
}

/** What a run was, besides its results. */
export type Run = Pick<Report, 'url' | 'seed' | 'startedAt' | 'interrupted'>;

/** The report of a run. */
export function createReport(
  run: Run,
  results: readonly PartResult[],
  objectives: readonly Objective[],
): Report {
  const profiles = results.map(({ part, ...result }) => ({
    profile: part.profile,
    settings: part.settings,
    ...summarize(result),
  }));
  const all = new Tally();
  for (const { tally } of results) all.add(tally);
  const total = summarize({
    tally: all,
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    server: addCounts(results),
  });
  const judged = objectives.map((objective) => judge(objective, profiles));
  return {
    ...run,
    profiles,
    total,
    objectives: judged,
    ok: total.lost === 0 && total.unexpected.length === 0 && judged.every(({ met }) => met),
  };
}

function summarize({
  tally,
  seconds,
  server,
}: {
  readonly tally: Tally;
  readonly seconds: number;
  readonly server: ServerCounts | undefined;
}): Summary {
  return {
    sent: tally.sent,
    answered: tally.answered,
    lost: [...tally.failures.values()].reduce((sum, count) => sum + count, 0),
    failures: Object.fromEntries(tally.failures),
    statuses: Object.fromEntries([...tally.statuses].sort(([a], [b]) => a - b)),
    unexpected: [...tally.surprises.values()],
    latencyMs: tally.latencies() ?? null,
    sendDelayMs: tally.delays() ?? null,
    seconds,
    rows: tally.rows,
    rowsPerSecond: seconds > 0 ? tally.rows / seconds : 0,
    outOfDistribution: tally.outOfDistribution,
    server: server ?? null,
    invoked: tally.invoked,
  };
}

function addCounts(results: readonly PartResult[]): ServerCounts | undefined {
  const counts = results.map(({ server }) => server);
  if (!counts.every((server) => server !== undefined)) return undefined;
  const sumOf = (of: (server: ServerCounts) => number) =>
    counts.reduce((sum, server) => sum + of(server), 0);
  return {
    requests: sumOf(({ requests }) => requests),
    coldStarts: sumOf(({ coldStarts }) => coldStarts),
    refused: byReason((reason) => sumOf(({ refused }) => refused[reason])),
  };
}

/** An objective holds when every profile meets it; without any answer it is missed. */
function judge(objective: Objective, profiles: readonly ProfileReport[]): ObjectiveReport {
  let worst: ObjectiveReport['worst'] = null;
  let met = profiles.length > 0;
  for (const { profile, latencyMs } of profiles) {
    if (latencyMs === null) {
      met = false;
      continue;
    }
    const ms = latencyMs[objective.percentile];
    if (ms > objective.limitMs) met = false;
    if (worst === null || ms > worst.ms) worst = { profile, ms };
  }
  return { ...objective, worst, met };
}
