/** What comes of a simulation: each figure, and the interval that it is in with 95 % confidence. */
import type { Static } from 'typebox';
import { Type } from '../typebox.ts';
import { type Billing, bill } from './dollars.ts';
import { type Settings, SLICES, simulate } from './simulate.ts';
import { type Slice, together } from './slice.ts';

/**
 * Runs, or parts of one run, over which a figure's spread is taken: as many as make the interval narrow,
 * and no more (B. Schmeiser, "Batch Size Effects in the Analysis of Simulation Output", Operations
 * Research 30 (1982): 10 to 30).
 */
const PARTS = 20;

/** Requests up to which runs are cheap enough to be many; more are one run, cut into parts. */
const FEW = 4e6;

/** Student's t, of 97.5 %, by degrees of freedom from 1. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093,
];

const figures = <Figure extends Type.TSchema>(figure: Figure) => ({
  /** Of the requests that ran. */
  cold_share: figure,
  /** Of all requests. */
  refused_share: figure,
  instances_mean: figure,
  instances_max: figure,
  latency_ms: Type.Object({ p50: figure, p95: figure, p99: figure }),
  dollars_per_month: figure,
});

/** A figure that there is none of, such as a latency where nothing ran, is null. */
const number = Type.Union([Type.Number(), Type.Null()]);

export const outcomeSchema = Type.Object({
  scenario: Type.String(),
  keep_alive_seconds: Type.Number(),
  cold_start_ms: Type.Number({ description: 'The mean of it.' }),
  duration_seconds: Type.Number({ description: 'Of one run.' }),
  requests: Type.Number({ description: 'In all runs together.' }),
  intervals_by: Type.Enum(['replications', 'batch means']),
  ...figures(number),
  interval95: Type.Object(figures(Type.Tuple([number, number]))),
  dollars: Type.Record(Type.String(), Type.Number(), { description: 'By what they are for.' }),
});

export type Outcome = Static<typeof outcomeSchema>;

/** One outcome, and a run's course for a chart. */
export interface Course {
  readonly outcome: Outcome;
  readonly slices: readonly Slice[];
}

/** What is simulated, and what it is called. */
export interface Scenario {
  readonly name: string;
  readonly settings: Settings;
  readonly billing: Billing;
  readonly coldStartMs: number;
}

/** Simulates a scenario, as often as its figures need it. */
export function outcomeOf(
  { name, settings, billing, coldStartMs }: Scenario,
  seed: number,
  progress: (share: number) => void = () => {},
): Course {
  const isOneRun = settings.traffic.requests * PARTS > FEW;
  const runs = isOneRun ? 1 : PARTS;
  /** Each of all runs together. */
  let slices: Slice[] = [];
  const wholes: Slice[] = [];
  for (let run = 0; run < runs; run += 1) {
    const now = simulate(settings, seed + run, (share) => progress((run + share) / runs));
    wholes.push(together(now));
    for (const [i, slice] of now.entries()) slices[i]?.add(slice);
    if (run === 0) slices = now;
  }
  const size = SLICES / PARTS;
  const parts = isOneRun
    ? Array.from({ length: PARTS }, (_, i) => together(slices.slice(i * size, (i + 1) * size)))
    : wholes;
  const all = together(wholes);
  const costs = (slice: Slice) =>
    Object.values(bill(slice, billing)).reduce((sum, one) => sum + one, 0);
  const shaped = <Of>(of: (measure: (slice: Slice) => number) => Of) => ({
    cold_share: of(({ cold, served }) => cold / served),
    refused_share: of(({ refused, requests }) => refused / requests),
    instances_mean: of(({ instanceSeconds, seconds }) => instanceSeconds / seconds),
    instances_max: of(({ instancesMax }) => instancesMax),
    latency_ms: {
      p50: of(({ latencies }) => latencies.quantile(0.5) * 1000),
      p95: of(({ latencies }) => latencies.quantile(0.95) * 1000),
      p99: of(({ latencies }) => latencies.quantile(0.99) * 1000),
    },
    dollars_per_month: of(costs),
  });
  return {
    slices,
    outcome: {
      scenario: name,
      keep_alive_seconds: settings.keepAlive,
      cold_start_ms: coldStartMs,
      duration_seconds: settings.traffic.seconds,
      requests: all.requests,
      intervals_by: isOneRun ? 'batch means' : 'replications',
      ...shaped((measure) => known(measure(all))),
      interval95: shaped((measure) => interval(measure(all), parts.map(measure))),
      dollars: bill(all, billing),
    },
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Around a value and the mean of its parts, which are one but for what has no mean, such as a maximum. */
function interval(value: number, parts: readonly number[]): [number | null, number | null] {
  const values = parts.filter((part) => !Number.isNaN(part));
  const count = values.length;
  const mean = values.reduce((sum, part) => sum + part, 0) / count;
  const variance = values.reduce((sum, part) => sum + (part - mean) ** 2, 0) / (count - 1);
  const half = count > 1 ? (STUDENT[count - 2] as number) * Math.sqrt(variance / count) : 0;
  return [known(Math.max(0, Math.min(value, mean) - half)), known(Math.max(value, mean) + half)];
}
