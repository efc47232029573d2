/** Which row of a list holds the place of another when newer rows come above it, and old ones go. */

interface Row {
  readonly id: string;
}

/** Where a row was, and where it is. */
export interface Survivor {
  readonly was: number;
  readonly is: number;
}

/** The row itself, or the nearest above it that is still there; none when none is. */
export function survivorOf(
  before: readonly Row[],
  after: readonly Row[],
  index: number,
): Survivor | undefined {
  const places = new Map(after.map(({ id }, place) => [id, place]));
  for (let was = Math.min(index, before.length - 1); was >= 0; was -= 1) {
    const is = places.get(before[was]?.id ?? '');
    if (is !== undefined) return { was, is };
  }
  return undefined;
}
