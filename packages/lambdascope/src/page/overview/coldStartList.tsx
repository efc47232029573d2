/** The newest cold starts as a table: what the diamonds of the latency chart say, in words. */
import { useMemo } from 'preact/hooks';
import type { ColdStart, Frame } from '../../emulator/live/frame.ts';
import { Columns } from '../columns.tsx';
import { formatClock, formatCount, formatSeconds } from '../format.ts';
import { go, hashOf, type Route } from '../route.ts';
import { usePage } from '../state.ts';
import { contentionText, NO_FACTS } from './coldStartTexts.ts';

/** Rows that fit beside the latency chart. */
const ROWS = 8;
const COLUMNS = ['Time', 'Function', 'Count', 'Latency', 'of it init'] as const;

interface Row extends ColdStart {
  readonly time: number;
  /** Id of the slowest of them. */
  readonly id: string | undefined;
}

export function ColdStartList({ frames }: { readonly frames: readonly Frame[] }) {
  const rows = useMemo(() => newest(frames), [frames]);
  return (
    <section class="panel" id="cold-starts">
      <header class="panel-heading">
        <h2 class="panel-title">Cold starts</h2>
        <span class="panel-note">newest first</span>
      </header>
      {rows.length === 0 ? (
        <p class="none">None in the last 15 minutes.</p>
      ) : (
        <table class="cold-starts">
          <thead>
            <tr>
              <Columns names={COLUMNS} />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ColdStartRow key={`${row.time} ${row.function}`} {...row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function ColdStartRow({ id, time, ...coldStart }: Row) {
  const facts = usePage(({ service }) => service) ?? NO_FACTS;
  const route: Route | undefined = id === undefined ? undefined : { view: 'request', id };
  return (
    // The link in it does the same for keyboards.
    <tr class={route && 'opens'} onClick={() => route && go(route)}>
      <td>
        {route ? (
          <a href={hashOf(route)} title="Open the slowest of them">
            {formatClock(time)}
          </a>
        ) : (
          formatClock(time)
        )}
      </td>
      <td>
        {coldStart.function}
        <span class="contention">{contentionText(coldStart, facts)}</span>
      </td>
      <td>{formatCount(coldStart.count)}</td>
      <td>{formatSeconds(coldStart.latencySeconds)}</td>
      <td>{formatSeconds(coldStart.initSeconds)}</td>
    </tr>
  );
}

function newest(frames: readonly Frame[]): Row[] {
  const rows: Row[] = [];
  for (const { time, coldStarts, slowestCold } of frames.toReversed()) {
    if (rows.length >= ROWS) break;
    for (const one of coldStarts.toReversed()) {
      rows.push({ ...one, time, id: slowestCold[one.function] });
    }
  }
  return rows.slice(0, ROWS);
}
