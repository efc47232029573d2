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

/**
 * Runs the contenders in turn, round after round, the first round to warm up.
 *
 * @returns median seconds a unit of work, by contender
 */
export async function sideBySide<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds = ROUNDS,
): Promise<Record<Name, number>> {
  const entries = Object.entries(contenders) as [Name, Contender][];
  const times = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, contender] of entries) {
      const seconds = await slice(contender);
      if (round > 0) times.get(name)?.push(seconds);
    }
  }
  return Object.fromEntries(
    entries.map(([name]) => [name, median(times.get(name) ?? [])]),
  ) as Record<Name, number>;
}

/** Seconds a unit, over one slice of time; calls that give a promise are awaited. */
async function slice({ run, per = 1 }: Contender): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    const result = run();
    if (result instanceof Promise) await result;
    calls += 1;
    elapsed = performance.now() - start;
  } while (elapsed < SLICE);
  return elapsed / 1000 / (calls * per);
}
