/** The live page: what the functions do, request by request. */
import { render } from 'preact';
import { App } from './app.tsx';
import { followLive, followService } from './feed.ts';
import { routeOf } from './route.ts';
import { state } from './state.ts';

addEventListener('hashchange', () => state.set({ route: routeOf(location.hash) }));
const host = document.getElementById('app');
if (host !== null) render(<App />, host);
void followLive();
void followService();
