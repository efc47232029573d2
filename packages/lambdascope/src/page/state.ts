/** All that the page knows: what the server told, how it answers, and what its reader chose. */
import type { LiveService } from '../emulator/livePage.ts';
import type { Live } from './live.ts';
import { ALL, type Filter } from './requests/filter.ts';
import { type Route, routeOf } from './route.ts';
import { createStore, useStore } from './store.ts';

/** How the server answers: since when it does not, in Unix seconds, or that it does. */
export type Connection = { readonly lostAt: number } | 'connecting' | 'live';

/** The state of the page. */
export interface State {
  readonly route: Route;
  readonly connection: Connection;
  /** Unix time in seconds, by the server's clock. */
  readonly now: number;
  /** None until the server has answered. */
  readonly live?: Live;
  readonly service?: LiveService;
  /** How much time charts and lanes show, in seconds. */
  readonly span: number;
  /** What the list of requests shows. */
  readonly filter: Filter;
  /** The list as it was when it was paused. */
  readonly paused?: Live | undefined;
  /** Id of the request that the list has the focus on. */
  readonly active?: string | undefined;
}

/** The state of this page. */
export const state = createStore<State>({
  route: routeOf(location.hash),
  connection: 'connecting',
  now: Date.now() / 1000,
  span: 5 * 60,
  filter: ALL,
});

/** A part of it; the component is drawn again whenever it is another. */
export function usePage<Part>(part: (state: State) => Part): Part {
  return useStore(state, part);
}
