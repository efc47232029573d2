/** The head of the page: what is served, how long up, how many cold starts, and whether all of it is true now. */
import { metrics } from '../builtInMetrics.ts';
import type { ShownMetric } from '../emulator/livePage.ts';
import type { Sample } from '../prometheusText.ts';
import { byId, element } from './element.ts';
import { formatClock, formatCount, formatUptime, NOTHING } from './format.ts';

/** How the server answers: since when it does not, in Unix seconds, or that it does. */
export type Connection = { readonly lostAt: number } | 'connecting' | 'live';

/** Shows what a scrape at a Unix time in seconds says of the server. */
export function showServer(samples: readonly Sample[], time: number): void {
  const start = samples.find(({ name }) => name === 'process_start_time_seconds');
  const coldStarts = samples
    .filter(({ name }) => name === metrics.coldStarts.name)
    .reduce((all, { value }) => all + value, 0);
  byId('uptime').textContent = formatUptime(time - (start?.value ?? NaN));
  byId('cold-starts-total').textContent = `${formatCount(coldStarts)} since start`;
}

/** Shows the labels of each metric that is an info: the first two, and all where the pointer rests. */
export function showInfos(samples: readonly Sample[], shown: readonly ShownMetric[]): void {
  const groups = shown
    .filter(({ panel }) => panel.show === 'info')
    .map(({ name, labels = [], panel }) => {
      const found = samples.find((sample) => sample.name === name)?.labels;
      const values = labels.map((label) => found?.get(label) ?? NOTHING);
      const cell = element('dd', '', values.slice(0, 2).join(' '));
      cell.title = labels.map((label, index) => `${label} ${values[index]}`).join('\n');
      const group = element('div');
      group.append(element('dt', '', panel.title), cell);
      return group;
    });
  const host = byId('infos');
  const isSame =
    groups.length === host.children.length &&
    groups.every((group, index) => host.children[index]?.isEqualNode(group));
  // Set only on a change, so that what the pointer rests on stays.
  if (!isSame) host.replaceChildren(...groups);
}

/** Shows whether the numbers are live. */
export function showConnection(connection: Connection): void {
  const state = typeof connection === 'string' ? connection : 'lost';
  document.documentElement.dataset['connection'] = state;
  const text = {
    connecting: 'Connecting …',
    live: 'Live',
    lost:
      typeof connection === 'string' ? '' : `Not reachable since ${formatClock(connection.lostAt)}`,
  }[state];
  const status = byId('status');
  // Set only on a change, so that it is read out once.
  if (status.textContent !== text) status.textContent = text;
  byId('lost').hidden = state !== 'lost';
}
