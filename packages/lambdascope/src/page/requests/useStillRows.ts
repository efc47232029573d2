/** Keeps in its place what is read of a list, when newer rows come above it. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { RequestSummary } from '../../emulator/live/request.ts';
import { state } from '../state.ts';
import { survivorOf } from './survivor.ts';

/**
 * Scrolls with the row that has the focus, else with the topmost, unless the newest is in sight.
 *
 * @param active id of the row that has the focus; the nearest gets it when that row goes
 */
export function useStillRows(
  grid: { readonly current: HTMLElement | null },
  rows: readonly RequestSummary[],
  active: string | undefined,
  rowHeight: number,
  scroll: (top: number) => void,
): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const top = grid.current?.scrollTop ?? 0;
    const old = before.current;
    before.current = rows;
    const focused = old.findIndex(({ id }) => id === active);
    if (focused < 0 && top === 0) return;
    const found = survivorOf(old, rows, focused < 0 ? Math.floor(top / rowHeight) : focused);
    if (found !== undefined) scroll(top + (found.is - found.was) * rowHeight);
    if (focused < 0 || found?.was === focused) return;
    // It was in the grid, and went with its row; a filter that is being set keeps it.
    const isLost = document.activeElement === document.body;
    const next = isLost && found !== undefined ? rows[found.is]?.id : undefined;
    state.set({ active: next });
    focusRow(grid.current, next);
  }, [rows]);
}

/** Gives a row the focus, once it is drawn. */
export function focusRow(grid: HTMLElement | null, id: string | undefined): void {
  // Only after it is drawn.
  setTimeout(() => {
    const rows = grid?.querySelectorAll<HTMLElement>('[data-id]') ?? [];
    const row = [...rows].find(({ dataset }) => dataset['id'] === id);
    row?.focus({ preventScroll: true });
  });
}
