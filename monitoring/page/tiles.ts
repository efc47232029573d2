/** The big numbers: what holds now, and under it what held over all that the page keeps. */
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
    context: (lately) => inSpan(formatCount(total(lately.requests)), lately),
  },
  quantile('p50'),
  quantile('p95'),
  quantile('p99'),
  {
    label: 'Errors',
    value: ({ errors, requests }) => formatShare(total(errors) / total(requests)),
    context: (lately) => inSpan(formatCount(total(lately.errors)), lately),
  },
  {
    label: 'Cold starts',
    value: (_, lately) => formatCount(coldCount(lately)),
    context: (lately) => inSpan(formatShare(coldCount(lately) / total(lately.requests)), lately),
  },
  {
    label: 'Instances',
    value: ({ instances }) => formatCount(total(instances)),
    context: (_, { inFlight }) => `${formatCount(inFlight)} in flight`,
  },
  {
    label: 'Confidence',
    value: ({ confidence }) => formatShare(confidence.mean),
    context: (lately) => inSpan(formatShare(lately.confidence.mean), lately),
  },
  {
    label: 'Out of distribution',
    value: (now) => formatShare(now.outOfDistribution),
    context: (lately) => inSpan(formatShare(lately.outOfDistribution), lately),
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
      cell.value.textContent = tile.value(now, lately);
      cell.context.textContent = tile.context(lately, now);
    });
  };
}

function quantile(name: 'p50' | 'p95' | 'p99'): Tile {
  return {
    label: `Latency ${name}`,
    value: ({ latency }) => formatSeconds(latency[name]),
    context: (lately) => inSpan(formatSeconds(lately.latency[name]), lately),
  };
}

function coldCount({ coldStarts }: Signals): number {
  return coldStarts.reduce((all, { count }) => all + count, 0);
}

/** "1,204 in 3 min". */
function inSpan(text: string, { seconds }: Signals): string {
  return `${text} in ${formatSpan(seconds)}`;
}
