/** The head of the page: what is served, for how long, where to go, and whether all of it is true now. */
import { useEffect } from 'preact/hooks';
import { formatClock, formatCount, formatUptime, NOTHING } from './format.ts';
import { Infos } from './infos.tsx';
import { Links } from './links.tsx';
import { hashOf, type Route } from './route.ts';
import { SpanChoice } from './spanChoice.tsx';
import { type Connection, usePage } from './state.ts';
import { ThemeButton } from './themeButton.tsx';

/** The views that the head leads to, with those that belong to each. */
const TABS: readonly { readonly title: string; readonly views: readonly Route['view'][] }[] = [
  { title: 'Overview', views: ['overview'] },
  { title: 'Requests', views: ['requests', 'request', 'answers'] },
  { title: 'Functions', views: ['functions'] },
];

export function Head() {
  const { view } = usePage((state) => state.route);
  return (
    <header class="head">
      <div class="brand">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <h1>lambdascope</h1>
        <Status />
      </div>
      <nav class="tabs" aria-label="Views">
        {TABS.map(({ title, views: [first, ...below] }) => (
          <a
            key={title}
            href={hashOf({ view: first as 'overview' })}
            aria-current={view === first ? 'page' : below.includes(view) ? 'true' : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <Infos />
      <Facts />
      <Links />
      {(view === 'overview' || view === 'functions') && <SpanChoice />}
      <ThemeButton />
    </header>
  );
}

function Status() {
  const connection = usePage((state) => state.connection);
  const kind = typeof connection === 'string' ? connection : 'lost';
  useEffect(() => {
    document.documentElement.dataset['connection'] = kind;
  }, [kind]);
  return (
    <span class="status" id="status" role="status">
      {statusText(connection)}
    </span>
  );
}

function statusText(connection: Connection): string {
  if (connection === 'connecting') return 'Connecting …';
  if (connection === 'live') return 'Live';
  return `Not reachable since ${formatClock(connection.lostAt)}`;
}

function Facts() {
  const uptime = usePage(({ live }) => formatUptime(live && live.time - live.startedAt));
  const coldStarts = usePage(({ live }) =>
    live === undefined ? NOTHING : `${formatCount(live.coldStarts)} since start`,
  );
  return (
    <dl class="facts">
      <div>
        <dt>Up</dt>
        <dd id="uptime">{uptime}</dd>
      </div>
      <div>
        <dt>Cold starts</dt>
        <dd id="cold-starts-total">{coldStarts}</dd>
      </div>
    </dl>
  );
}
