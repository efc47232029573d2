/** Measures contenders side by side, so that whatever else the machine does hits all alike. */

/** What is measured: one call of it does `per` units of work. */
export interface Contender {
  run(): unknown;
  /** Units of work a call: rows, requests. @default 1 */
  readonly per?: number;
}

/** Rounds whose median is given. */
const ROUNDS = 9;

/** Time that one contender gets in a round, in milliseconds. */
const SLICE = 100;

/** The middle value; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

/** The least of sorted values that so large a share of them is no larger than. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** Gives a figure, in the warm-up or in a round that counts. */
export type Measure = (warmsUp: boolean) => number | Promise<number>;

/** Measures in turn, round after round, the first round to warm up; gives the medians. */
export async function inTurn<Name extends string>(
  measures: Readonly<Record<Name, Measure>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const entries = Object.entries<Measure>(measures).map(([name, measure]) => ({
    name,
    measure,
    figures: [] as number[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { measure, figures } of entries) {
      const figure = await measure(round === 0);
      if (round > 0) figures.push(figure);
    }
  }
  const medians = entries.map(({ name, figures }) => [name, median(figures)]);
  return Object.fromEntries(medians) as Record<Name, number>;
}

/** Runs the contenders in turn; gives the median seconds of a unit of work. */
export function sideBySide<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Record<Name, number>> {
  const slices = Object.entries<Contender>(contenders).map(([name, contender]) => [
    name,
    () => secondsOf(contender, SLICE),
  ]);
  return inTurn(Object.fromEntries(slices) as Record<Name, Measure>, ROUNDS);
}

/** Seconds a unit, over so many milliseconds; calls that give a promise are awaited. */
export async function secondsOf({ run, per = 1 }: Contender, slice: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    const result = run();
    if (result instanceof Promise) await result;
    calls += 1;
    elapsed = performance.now() - start;
  } while (elapsed < slice);
  return elapsed / 1000 / (calls * per);
}
