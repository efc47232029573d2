/** The cold start of a function, measured many times in fresh processes: what `.lambdascope/coldstart.json` holds. */
import type { Range } from './awsBase.ts';
import type { Calibration } from './calibration.ts';
import { expectedDuration, expectedInit, initModelOf, type Work } from './expectation.ts';
import { type ColdStart, startOnce } from './instance.ts';
import type { MeasuredFunction } from './measuredService.ts';
import { bundleBytes, type HeavyModules, heaviest, modulesOf } from './modules.ts';
import { median, quantile } from './quantile.ts';

/** Where the command stops by itself: after so many milliseconds, within these numbers of starts. */
const PATIENCE = 3000;
const LEAST_RUNS = 11;
const MOST_RUNS = 51;

/** Modules that are named. */
const NAMED = 8;

/** The part of a cold start that each figure is of. */
type Figure = 'coldMillis' | 'runtimeMillis' | 'loadMillis' | 'firstInvocationMillis';

/** A function's figures: medians, and the quartiles around them, in milliseconds of this machine. */
export interface MeasuredColdStart {
  readonly runs: number;
  /** Runtime and module load: what `lambda_init_duration_seconds` is of an instance that starts alone. */
  readonly coldMillis: number;
  /** From the start of the process to the first line that is not Node's. */
  readonly runtimeMillis: number;
  /** The import of the function's module. */
  readonly loadMillis: number;
  /** None where it was not invoked, or failed. */
  readonly firstInvocationMillis?: number;
  /** Time of the cores in the first invocation. */
  readonly firstInvocationCpuMillis?: number;
  readonly quartiles: Readonly<Partial<Record<Figure, Range>>>;
  /** Why the first invocation says little, or is missing. */
  readonly note?: string;
  readonly memorySize: number;
  readonly bundleBytes: number;
  readonly heaviest: HeavyModules;
  /** An estimate of Init Duration: its median to its 90th percentile. */
  readonly expectedAwsMillis: Range;
  /** An estimate of the Duration of the first invocation, at the function's memory. */
  readonly expectedFirstInvocationAwsMillis?: Range;
}

/** What `.lambdascope/coldstart.json` holds. */
export interface ColdStartDocument {
  readonly functions: Readonly<Record<string, MeasuredColdStart>>;
}

/**
 * Measures a function.
 *
 * @param runs @default as many as fit into a few seconds
 * @throws LoadError with what its module threw
 */
export async function measured(
  one: MeasuredFunction,
  calibration: Calibration | undefined,
  runs?: number,
): Promise<MeasuredColdStart> {
  // The first reads files that the system then has in memory.
  await startOnce(one);
  const starts: ColdStart[] = [];
  const begun = performance.now();
  const isEnough = () =>
    starts.length >= (runs ?? MOST_RUNS) ||
    (runs === undefined && starts.length >= LEAST_RUNS && performance.now() - begun > PATIENCE);
  while (!isEnough()) starts.push(await startOnce(one));

  const figures: Readonly<Record<Figure, readonly number[]>> = {
    coldMillis: starts.map(coldMillisOf),
    runtimeMillis: starts.map(({ runtimeMillis }) => runtimeMillis),
    loadMillis: starts.map(({ load }) => load.millis),
    firstInvocationMillis: firstInvocations(starts).map(({ millis }) => millis),
  };
  const modules = await modulesOf(one);
  const [bytes = Number.NaN] = await bundleBytes({ file: one.file, modules });
  const model = initModelOf(one, calibration);
  const loadMillis = median(figures.loadMillis);
  const note = noteOf(one, starts);
  return {
    runs: starts.length,
    coldMillis: median(figures.coldMillis),
    runtimeMillis: median(figures.runtimeMillis),
    loadMillis,
    ...invocationFigures(),
    quartiles: Object.fromEntries(
      Object.entries(figures)
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => [
          name,
          { low: quantile(values, 0.25), high: quantile(values, 0.75) },
        ]),
    ),
    ...(note !== undefined && { note }),
    memorySize: one.memorySize,
    bundleBytes: bytes,
    heaviest: heaviest(modules, NAMED),
    expectedAwsMillis: expectedInit(model, loadMillis),
  };

  function invocationFigures() {
    if (starts.some(({ failure }) => failure) || figures.firstInvocationMillis.length === 0) {
      return {};
    }
    const millis = median(figures.firstInvocationMillis);
    const cpuMillis = median(firstInvocations(starts).map(({ cpuMillis }) => cpuMillis));
    return {
      firstInvocationMillis: millis,
      firstInvocationCpuMillis: cpuMillis,
      expectedFirstInvocationAwsMillis: expectedDuration(model, one.memorySize, {
        millis,
        cpuMillis,
      }),
    };
  }
}

/** What a cold start adds before the invocation begins. */
export function coldMillisOf({ runtimeMillis, load }: ColdStart): number {
  return runtimeMillis + load.millis;
}

function firstInvocations(starts: readonly ColdStart[]): Work[] {
  return starts.flatMap(({ firstInvocation }) => firstInvocation ?? []);
}

function noteOf({ event }: MeasuredFunction, starts: readonly ColdStart[]): string | undefined {
  if (event === undefined) return 'not invoked, as no route leads to it; --event gives an event';
  const failure = starts.find((one) => one.failure)?.failure;
  if (failure !== undefined) return `the first invocation failed: ${failure}`;
  const status = starts.find(({ statusCode = 200 }) => statusCode >= 400)?.statusCode;
  if (status === undefined) return undefined;
  return `the first invocation was answered with ${status}; --event gives an event that it takes`;
}
