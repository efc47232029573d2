/** Chooses which requests the list shows, and stops it. */
import type { Ref } from 'preact';
import { formatCount } from '../format.ts';
import { state, usePage } from '../state.ts';
import { ALL, type Filter, type StatusClass } from './filter.ts';

const CLASSES: readonly (readonly [StatusClass, string])[] = [
  ['ok', '2xx and 3xx'],
  ['4xx', '4xx'],
  ['5xx', '5xx'],
  ['refused', 'refused'],
  ['left', 'client left'],
];

interface Props {
  readonly functions: readonly string[];
  readonly shown: number;
  readonly kept: number;
  /** Requests that came since the list was paused. */
  readonly newer: number;
  readonly text: Ref<HTMLInputElement>;
}

export function FilterBar({ functions, shown, kept, newer, text }: Props) {
  const filter = usePage((page) => page.filter);
  const isPaused = usePage(({ paused }) => paused !== undefined);
  return (
    <search class="filters">
      <label>
        <span class="unseen">Function</span>
        <select
          value={filter.function}
          onChange={({ currentTarget }) => change({ function: currentTarget.value })}
        >
          <option value="">All functions</option>
          {functions.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">Status</span>
        <select
          value={filter.status}
          onChange={({ currentTarget }) =>
            change({ status: currentTarget.value as Filter['status'] })
          }
        >
          <option value="">Any status</option>
          {CLASSES.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="filter-cold">
        <input
          type="checkbox"
          checked={filter.coldOnly}
          onChange={({ currentTarget }) => change({ coldOnly: currentTarget.checked })}
        />
        Cold starts only
      </label>
      <input
        type="search"
        class="filter-text"
        ref={text}
        aria-label="Text in id, path, status, function or method"
        placeholder="Id, path, status …  ( / )"
        value={filter.text}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <button type="button" aria-pressed={isPaused} aria-keyshortcuts="p" onClick={togglePause}>
        {isPaused ? `Resume${newer > 0 ? `, ${formatCount(newer)} new` : ''}` : 'Pause'}
      </button>
      {filter !== ALL && (
        <button type="button" onClick={() => state.set({ filter: ALL })}>
          Show all
        </button>
      )}
      <span class="count">
        {formatCount(shown)} of {formatCount(kept)}
      </span>
    </search>
  );
}

/** Stops the list, or lets it go on. */
export function togglePause(): void {
  const { paused, live } = state.get();
  state.set({ paused: paused === undefined ? live : undefined });
}

function change(part: Partial<Filter>): void {
  const filter = { ...state.get().filter, ...part };
  const isAll = JSON.stringify(filter) === JSON.stringify(ALL);
  state.set({ filter: isAll ? ALL : filter });
}
