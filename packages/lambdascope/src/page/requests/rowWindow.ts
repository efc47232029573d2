/** Which rows of a long list are drawn, where each has the same height. */

/** Rows that are drawn beyond each edge, so that scrolling shows no gap. */
const BEYOND = 8;

/** What of a list is in sight; heights in CSS pixels. */
export interface Sight {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** The rows to draw: from the first up to, but without, the second. */
export function rowWindow(
  { top, height, rowHeight }: Sight,
  count: number,
): readonly [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const to = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND);
  return [Math.min(from, to), to];
}

/** Where to scroll, so that a row is in sight; where the list is when it is. */
export function scrolledTo(index: number, { top, height, rowHeight }: Sight): number {
  const above = index * rowHeight;
  if (above < top) return above;
  return Math.max(top, above + rowHeight - height);
}

/** The row that a key moves to; none for a key that moves to none. */
export function movedBy(
  key: string,
  from: number,
  count: number,
  page: number,
): number | undefined {
  const to = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}
