/** Two texts line by line, side by side. */

/** A row: the lines of both sides; none where a side has none in this place. */
export interface DiffRow {
  readonly left?: string;
  readonly right?: string;
  readonly isSame: boolean;
}

/** More pairs of lines than these are not compared. */
const MOST_PAIRS = 4_000_000;

/** The rows of two texts' lines: the longest run of lines that both have, in order, with what differs between. */
export function lineDiff(left: readonly string[], right: readonly string[]): DiffRow[] {
  const least = Math.min(left.length, right.length);
  let start = 0;
  while (start < least && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < least - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const same = (line: string): DiffRow => ({ left: line, right: line, isSame: true });
  return [
    ...left.slice(0, start).map(same),
    ...between(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...left.slice(left.length - end).map(same),
  ];
}

function between(left: readonly string[], right: readonly string[]): DiffRow[] {
  if (left.length * right.length > MOST_PAIRS) return beside(left, right);
  const width = right.length + 1;
  /** Length of the longest common run from a pair of lines on. */
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const rows: DiffRow[] = [];
  let [i, j, fromLeft, fromRight] = [0, 0, 0, 0];
  while (i < left.length && j < right.length) {
    const line = left[i];
    if (line !== undefined && line === right[j]) {
      rows.push(...beside(left.slice(fromLeft, i), right.slice(fromRight, j)));
      rows.push({ left: line, right: line, isSame: true });
      i += 1;
      j += 1;
      [fromLeft, fromRight] = [i, j];
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return [...rows, ...beside(left.slice(fromLeft), right.slice(fromRight))];
}

/** Lines that have nothing in common. */
function beside(left: readonly string[], right: readonly string[]): DiffRow[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const [one, other] = [left[index], right[index]];
    return {
      ...(one !== undefined && { left: one }),
      ...(other !== undefined && { right: other }),
      isSame: false,
    };
  });
}
