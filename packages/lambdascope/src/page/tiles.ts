/** The big numbers: what holds now, and under it what held over all that the page keeps. */
import { countOf } from './coldStartTexts.ts';
import { element } from './element.ts';
import { formatCount, formatNumber, formatSeconds, formatShare, formatSpan } from './format.ts';
import { type Signals, total } from './signals.ts';

/** A tile: its name, its value and a line of context. */
interface Tile {
  readonly label: string;
  readonly value: (now: Signals, lately: Signals) => string;
  readonly context: (lately: Signals, now: Signals) => string;
}

const TILES: readonly Tile[] = [
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
  {
    label: 'Confidence',
    value: ({ confidence }) => formatShare(confidence.mean),
    context: (lately) => over(formatShare(lately.confidence.mean), lately),
  },
  {
    label: 'Out of distribution',
    value: (now) => formatShare(now.outOfDistribution),
    context: (lately) => over(formatShare(lately.outOfDistribution), lately),
  },
];

/**
 * Fills a description list with the tiles.
 *
 * @returns shows the trailing window, and the span of all that is kept
 */
export function createTiles(host: HTMLElement): (now: Signals, lately: Signals) => void {
  const cells = TILES.map(({ label }) => {
    const tile = element('div', 'tile');
    const value = element('dd', 'tile-value');
    const context = element('dd', 'tile-context');
    tile.append(element('dt', 'tile-label', label), value, context);
    host.append(tile);
    return { value, context };
  });
  return (now, lately) => {
    TILES.forEach((tile, index) => {
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

/** "3 min: 1,204". */
function over(text: string, { seconds }: Signals): string {
  return `${formatSpan(seconds)}: ${text}`;
}
