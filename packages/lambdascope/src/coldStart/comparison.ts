/** How much a function's cold start and bundle grew from one version to another, and whether that is too much. */
import { budgetOf, type Growth } from './budget.ts';
import { startOnce } from './instance.ts';
import type { MeasuredFunction, MeasuredService } from './measuredService.ts';
import { coldMillisOf } from './measurement.ts';
import { type MedianInterval, medianInterval } from './medianInterval.ts';
import { bundleBytes, grown, type HeavyModules, heaviest, modulesOf } from './modules.ts';

/** Pairs of starts of the two versions. */
const PAIRS = 25;
/** Fewer give no interval. */
export const LEAST_PAIRS = 6;
/** Modules that are named. */
const NAMED = 5;

/** What became of a function. */
export interface Comparison {
  readonly key: string;
  /** Growth of runtime and module load: median of the pairs' differences and its 95 % interval. */
  readonly coldMillis: MedianInterval;
  readonly bundleBytes: number;
  readonly budget: Growth;
  /** Which of the two grew beyond its budget for certain. */
  readonly over: readonly ('coldStart' | 'bundle')[];
  /** What grew or is new. */
  readonly added: HeavyModules;
}

/** How versions are compared. */
export interface CompareOptions {
  /** Starts of each. @default 25 */
  readonly pairs?: number;
  /** Goes before the budget's, as `60ms`. */
  readonly coldStart?: string;
}

/**
 * Compares the functions that both versions have.
 *
 * @throws LoadError with what a module threw
 */
export async function compared(
  before: MeasuredService,
  after: MeasuredService,
  { pairs = PAIRS, coldStart }: CompareOptions,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const now of after.functions) {
    const then = before.functions.find(({ key }) => key === now.key);
    if (then === undefined) continue;
    const coldMillis = medianInterval(await differences(then, now, pairs));
    const [was, is] = [await modulesOf(then), await modulesOf(now)];
    const [bytesBefore = 0, bytes = 0] = await bundleBytes(
      { file: then.file, modules: was },
      { file: now.file, modules: is },
    );
    const growth = bytes - bytesBefore;
    const budget = budgetOf(now.key, after.budget, coldStart);
    const { coldMillis: mostMillis = Number.POSITIVE_INFINITY } = budget;
    const { bundleBytes: mostBytes = Number.POSITIVE_INFINITY } = budget;
    comparisons.push({
      key: now.key,
      coldMillis,
      bundleBytes: growth,
      budget,
      over: [
        ...(coldMillis.low > mostMillis ? (['coldStart'] as const) : []),
        ...(growth > mostBytes ? (['bundle'] as const) : []),
      ],
      added: heaviest(grown(was, is), NAMED),
    });
  }
  return comparisons;
}

/** Of pairs, each started right after the other, first the one and then the other first. */
async function differences(
  then: MeasuredFunction,
  now: MeasuredFunction,
  pairs: number,
): Promise<number[]> {
  const cold = async (one: MeasuredFunction) =>
    coldMillisOf(await startOnce(one, { invokes: false }));
  // The first read files that the system then has in memory.
  await cold(then);
  await cold(now);
  const found: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      const first = await cold(then);
      found.push((await cold(now)) - first);
    } else {
      const first = await cold(now);
      found.push(first - (await cold(then)));
    }
  }
  return found;
}
