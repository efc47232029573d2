/** The list itself: of a thousand rows only those in sight are drawn. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RequestSummary } from '../../emulator/live/request.ts';
import { Columns } from '../columns.tsx';
import { go } from '../route.ts';
import { state, usePage } from '../state.ts';
import { COLUMNS, RequestRow } from './requestRow.tsx';
import { movedBy, rowWindow, scrolledTo } from './rowWindow.ts';
import { useRowHeight } from './useRowHeight.ts';
import { focusRow, useStillRows } from './useStillRows.ts';

/** Its newest row is the first. */
export function RequestGrid({ rows }: { readonly rows: readonly RequestSummary[] }) {
  const grid = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const [sight, see] = useState({ top: 0, height: 1000 });
  const active = usePage((page) => page.active);
  const activeIndex = rows.findIndex(({ id }) => id === active);
  const [from, to] = rowWindow({ ...sight, rowHeight }, rows.length);

  const measure = () => {
    const { scrollTop, clientHeight } = grid.current ?? { scrollTop: 0, clientHeight: 0 };
    // Its head stays at the top, above the rows.
    see({ top: scrollTop, height: clientHeight - rowHeight });
  };
  const scroll = (top: number) => {
    if (grid.current !== null) grid.current.scrollTop = top;
    measure();
  };

  useLayoutEffect(() => {
    measure();
    const resized = new ResizeObserver(measure);
    if (grid.current !== null) resized.observe(grid.current);
    return () => resized.disconnect();
  }, [rowHeight]);

  // Back from a request: to where it was opened.
  useLayoutEffect(() => {
    if (activeIndex < 0) return;
    scroll(activeIndex * rowHeight - (grid.current?.clientHeight ?? 0) / 2);
    focusRow(grid.current, active);
  }, []);

  useStillRows(grid, rows, active, rowHeight, scroll);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && active !== undefined && activeIndex >= 0) {
      event.preventDefault();
      go({ view: 'request', id: active });
      return;
    }
    const page = Math.max(1, Math.floor(sight.height / rowHeight) - 1);
    const index = movedBy(event.key, Math.max(activeIndex, -1), rows.length, page);
    const row = index === undefined ? undefined : rows[index];
    if (index === undefined || row === undefined) return;
    event.preventDefault();
    state.set({ active: row.id });
    scroll(scrolledTo(index, { ...sight, top: grid.current?.scrollTop ?? 0, rowHeight }));
    focusRow(grid.current, row.id);
  };

  const drawn = rows.slice(from, to).map((request, index) => ({ request, index: from + index }));
  const activeRow = rows[activeIndex];
  // What has the focus keeps it when it is scrolled out of sight.
  if (activeRow !== undefined && (activeIndex < from || activeIndex >= to)) {
    drawn.push({ request: activeRow, index: activeIndex });
  }
  const entry = Math.max(0, activeIndex);
  return (
    <div class="requests" ref={grid} onScroll={measure}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA has it so, of rows to move among
        role="grid"
        aria-label="Requests, newest first"
        aria-rowcount={rows.length + 1}
        onKeyDown={onKeyDown}
        onFocusIn={({ target }) => {
          const id = target instanceof HTMLElement ? target.dataset['id'] : undefined;
          if (id !== undefined) state.set({ active: id });
        }}
      >
        <thead>
          <tr class="request-row request-head" aria-rowindex={1}>
            <Columns names={COLUMNS} />
          </tr>
        </thead>
        <tbody style={{ height: `${rows.length * rowHeight}px` }}>
          {drawn.map(({ request, index }) => (
            <RequestRow
              key={request.id}
              request={request}
              index={index}
              rowHeight={rowHeight}
              isActive={request.id === active}
              isEntry={index === entry}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
