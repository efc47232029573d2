/** The newest cold starts as a table: what the diamonds of the latency chart say, in words. */
import { contentionText, type InitFacts } from './coldStartTexts.ts';
import { element } from './element.ts';
import { formatClock, formatCount, formatSeconds } from './format.ts';
import type { Frame } from './frame.ts';

/** Rows that fit beside the latency chart. */
const ROWS = 8;
const COLUMNS = ['Time', 'Function', 'Count', 'Latency', 'of it init'] as const;

/**
 * Fills an element with the table.
 *
 * @returns shows the newest cold starts of these frames
 */
export function createColdStartList(
  host: HTMLElement,
): (frames: readonly Frame[], facts: InitFacts) => void {
  const heading = element('header', 'panel-heading');
  heading.append(
    element('h2', 'panel-title', 'Cold starts'),
    element('span', 'panel-note', 'newest first'),
  );
  const table = element('table', 'cold-starts');
  const columns = element('tr');
  for (const name of COLUMNS) {
    const cell = element('th', '', name);
    cell.scope = 'col';
    columns.append(cell);
  }
  const head = element('thead');
  head.append(columns);
  const body = element('tbody');
  table.append(head, body);
  const none = element('p', 'none', 'None since this page was opened.');
  host.append(heading, table, none);

  return (frames, facts) => {
    const rows = frames
      .flatMap(({ time, coldStarts }) => coldStarts.map((coldStart) => ({ time, ...coldStart })))
      .slice(-ROWS)
      .reverse()
      .map((row) => {
        const line = element('tr');
        const name = element('td', '', row.function);
        name.append(element('span', 'contention', contentionText(row, facts)));
        line.append(element('td', '', formatClock(row.time)), name);
        for (const text of [
          formatCount(row.count),
          formatSeconds(row.latencySeconds),
          formatSeconds(row.initSeconds),
        ]) {
          line.append(element('td', '', text));
        }
        return line;
      });
    body.replaceChildren(...rows);
    table.hidden = rows.length === 0;
    none.hidden = rows.length > 0;
  };
}
