/** The requests, newest first. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Hint } from '../hint.tsx';
import { isTyping } from '../keys.ts';
import { state, usePage } from '../state.ts';
import { suits } from './filter.ts';
import { FilterBar, togglePause } from './filterBar.tsx';
import { RequestGrid } from './requestGrid.tsx';

export function RequestsPage() {
  const live = usePage((page) => page.live);
  const paused = usePage((page) => page.paused);
  const filter = usePage((page) => page.filter);
  const text = useRef<HTMLInputElement>(null);
  const kept = (paused ?? live)?.requests;
  const rows = useMemo(
    // By their coming; the server tells of them as they end.
    () =>
      (kept ?? []).filter((request) => suits(request, filter)).toSorted((a, b) => b.time - a.time),
    [kept, filter],
  );
  const functions = useMemo(
    () => [...new Set([...(kept ?? []).map((one) => one.function), filter.function])],
    [kept, filter.function],
  );
  useListKeys(text);
  if (live === undefined) return <p class="none">Asking the server …</p>;
  return (
    <section class="list" aria-labelledby="list-title">
      <h2 class="unseen" id="list-title">
        Requests
      </h2>
      <FilterBar
        functions={functions.filter((name) => name !== '').toSorted()}
        shown={rows.length}
        kept={kept?.length ?? 0}
        newer={paused === undefined ? 0 : live.told - paused.told}
        text={text}
      />
      {kept?.length === 0 && <Hint />}
      {kept?.length !== 0 && rows.length === 0 && <p class="none">No request fits the filter.</p>}
      {rows.length > 0 && <RequestGrid rows={rows} />}
      <p class="keys">
        <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>Enter</kbd> opens, <kbd>/</kbd> filters, <kbd>p</kbd>{' '}
        pauses, <kbd>Esc</kbd> follows the newest
      </p>
    </section>
  );
}

/** The keys of the whole view. */
function useListKeys(text: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') leave();
      if (isTyping(event)) return;
      if (event.key === 'p') togglePause();
      else if (event.key === '/') text.current?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [text]);
}

/** Lets go of what has the focus, and shows the newest. */
function leave(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  state.set({ active: undefined });
  document.querySelector('.requests')?.scrollTo(0, 0);
}
