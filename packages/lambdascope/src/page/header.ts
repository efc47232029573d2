/** The head of the page: what is served, how long up, how many cold starts, and whether all of it is true now. */
import { metrics } from '../builtInMetrics.ts';
import type { ShownMetric } from '../emulator/livePage.ts';
import type { Sample } from '../prometheusText.ts';
import { byId, element } from './element.ts';
import { formatClock, formatCount, formatUptime, NOTHING } from './format.ts';

/** How the server answers: since when it does not, in Unix seconds, or that it does. */
export type Connection = { readonly lostAt: number } | 'connecting' | 'live';

/** Something to know of the server. */
interface Fact {
  readonly title: string;
  readonly text: (samples: readonly Sample[], time: number) => string;
  /** The same at more length. @default nothing */
  readonly more?: (samples: readonly Sample[]) => string;
}

const BUILT_IN: readonly Fact[] = [
  {
    title: 'Up',
    text(samples, time) {
      const start = samples.find(({ name }) => name === 'process_start_time_seconds');
      return formatUptime(time - (start?.value ?? NaN));
    },
  },
  {
    title: 'Cold starts',
    text(samples) {
      const coldStarts = samples
        .filter(({ name }) => name === metrics.coldStarts.name)
        .reduce((all, { value }) => all + value, 0);
      return `${formatCount(coldStarts)} since start`;
    },
  },
];

/**
 * Fills a description list with what a scrape says of the server.
 *
 * @param shown the service's own metrics
 * @returns shows a scrape of a Unix time in seconds
 */
export function createFacts(
  host: HTMLElement,
  shown: readonly ShownMetric[],
): (samples: readonly Sample[], time: number) => void {
  host.replaceChildren();
  const facts = [...shown.filter(({ panel }) => panel.show === 'info').map(infoOf), ...BUILT_IN];
  const cells = facts.map(({ title, ...fact }) => {
    const cell = element('dd', '', NOTHING);
    const group = element('div');
    group.append(element('dt', '', title), cell);
    host.append(group);
    return { cell, ...fact };
  });
  return (samples, time) => {
    for (const { cell, text, more } of cells) {
      cell.textContent = text(samples, time);
      cell.title = more?.(samples) ?? '';
    }
  };
}

/** The first two of a metric's labels, and all of them. */
function infoOf({ name, labels = [], panel }: ShownMetric): Fact {
  const values = (samples: readonly Sample[]) => {
    const found = samples.find((sample) => sample.name === name);
    return found ? labels.map((label) => [label, found.labels.get(label) ?? '']) : [];
  };
  return {
    title: panel.title,
    text: (samples) =>
      values(samples)
        .slice(0, 2)
        .map(([, value]) => value)
        .join(' ') || NOTHING,
    more: (samples) =>
      values(samples)
        .map((one) => one.join(' '))
        .join('\n'),
  };
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
