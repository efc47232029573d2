/** The head of the page: which model, how long up, how many cold starts, and whether all of it is true now. */
import { metrics } from '../../lib/metrics.ts';
import type { Sample } from '../prometheusText.ts';
import { byId } from './element.ts';
import { formatClock, formatCount, formatUptime, NOTHING } from './format.ts';

/** How the server answers: since when it does not, in Unix seconds, or that it does. */
export type Connection = { readonly lostAt: number } | 'connecting' | 'live';

/** Shows what a scrape says of the server. */
export function showServer(samples: readonly Sample[], time: number): void {
  const sampleValue = (name: string) => samples.find((sample) => sample.name === name)?.value;
  const model = samples.find(({ name }) => name === metrics.modelInfo.name)?.labels;
  const coldStarts = samples
    .filter(({ name }) => name === metrics.coldStarts.name)
    .reduce((all, { value }) => all + value, 0);

  byId('model').textContent = model
    ? `${model.get('name') ?? ''} ${model.get('version') ?? ''}`
    : NOTHING;
  byId('model').title = model ? `SHA-256 ${model.get('sha256') ?? ''}` : '';
  byId('uptime').textContent = formatUptime(
    time - (sampleValue('process_start_time_seconds') ?? Number.NaN),
  );
  byId('cold-starts-total').textContent = `${formatCount(coldStarts)} since start`;
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
