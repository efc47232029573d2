/** A value that changes, and the components that show parts of it. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Holds a state; whoever listens is told of each change. */
export interface Store<State> {
  get(): State;
  /** Changes some of it. */
  set(change: Partial<State>): void;
  /** @returns ends it */
  subscribe(listener: () => void): () => void;
}

/** A store with this state. */
export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A part of a store's state; the component is drawn again whenever it is another. */
export function useStore<State, Part>(store: Store<State>, part: (state: State) => Part): Part {
  const [, redraw] = useState(0);
  const shown = { part, value: part(store.get()) };
  const latest = useRef(shown);
  latest.current = shown;
  useEffect(() => {
    const update = () => {
      const { part, value } = latest.current;
      if (!Object.is(part(store.get()), value)) redraw((times) => times + 1);
    };
    // It may have changed since it was drawn.
    update();
    return store.subscribe(update);
  }, [store]);
  return shown.value;
}
