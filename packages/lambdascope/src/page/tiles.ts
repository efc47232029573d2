/** The big numbers: what holds now, and under it what held over all that the page keeps. */
import type { ShownMetric } from '../emulator/livePage.ts';
import { countOf } from './coldStartTexts.ts';
import { element } from './element.ts';
import { formatCount, formatNumber, formatSeconds, formatShare, formatSpan } from './format.ts';
import { formatOf } from './metricPanel.ts';
import type { Signals } from './signals.ts';
import { total } from './span.ts';

/** A tile: its name, its value and a line of context. */
interface Tile {
  readonly label: string;
  readonly value: (now: Signals, lately: Signals) => string;
  readonly context: (lately: Signals, now: Signals) => string;
}

const BUILT_IN: readonly Tile[] = [
  {
    label: 'Requests',
    value: ({ requests, seconds }) => `${formatNumber(total(requests) / seconds)} /s`,
    context: (lately) => over(formatCount(total(lately.requests)), lately),
  },
  quantile('p50'),
  quantile('p95'),
  quantile('p99'),
  {
    label: 'Errors',
    value: ({ errors, requests }) => formatShare(total(errors) / total(requests)),
    context: (lately) => over(formatCount(total(lately.errors)), lately),
  },
  {
    label: 'Refused',
    value: ({ refused, seconds }) => `${formatNumber(total(refused) / seconds)} /s`,
    context: (lately) => over(formatCount(total(lately.refused)), lately),
  },
  {
    label: 'Cold starts',
    value: (_, lately) => formatCount(countOf(lately.coldStarts)),
    context: (lately) =>
      `${formatShare(countOf(lately.coldStarts) / total(lately.requests))} in ${formatSpan(lately.seconds)}`,
  },
  {
    label: 'Instances',
    value: ({ instances }) => formatCount(total(instances)),
    context: (_, { inFlight }) => `${formatCount(inFlight)} in flight`,
  },
];

/**
 * Fills a description list with the tiles.
 *
 * @param shown the service's own metrics
 * @returns shows the trailing window, and the span of all that is kept
 */
export function createTiles(
  host: HTMLElement,
  shown: readonly ShownMetric[],
): (now: Signals, lately: Signals) => void {
  const tiles = [...BUILT_IN, ...shown.flatMap(tileOf)];
  host.replaceChildren();
  host.style.setProperty('--tiles', String(tiles.length));
  const cells = tiles.map(({ label }) => {
    const tile = element('div', 'tile');
    const value = element('dd', 'tile-value');
    const context = element('dd', 'tile-context');
    tile.append(element('dt', 'tile-label', label), value, context);
    host.append(tile);
    return { value, context };
  });
  return (now, lately) => {
    tiles.forEach((tile, index) => {
      const cell = cells[index];
      if (cell === undefined) return;
      const [number, unit = ''] = tile.value(now, lately).split(' ');
      cell.value.replaceChildren(`${number} `, element('span', 'tile-unit', unit));
      cell.context.textContent = tile.context(lately, now);
    });
  };
}

function quantile(name: 'p50' | 'p95' | 'p99'): Tile {
  return {
    label: `Latency ${name}`,
    value: ({ latency }) => formatSeconds(latency[name]),
    context: (lately) => over(formatSeconds(lately.latency[name]), lately),
  };
}

/** The first value of a metric that has one before others: a ratio, or a mean. */
function tileOf(metric: ShownMetric): Tile[] {
  const { name, panel } = metric;
  if (panel.show !== 'ratio' && panel.show !== 'quantiles') return [];
  const format = formatOf(metric);
  const text = ({ shown }: Signals) => format([...(shown.get(name)?.values() ?? [])][0] ?? NaN);
  return [{ label: panel.title, value: text, context: (lately) => over(text(lately), lately) }];
}

/** "3 min: 1,204". */
function over(text: string, { seconds }: Signals): string {
  return `${formatSpan(seconds)}: ${text}`;
}
