/** What the tiles say. */
import type { Signals } from '../../emulator/live/frame.ts';
import type { ShownMetric } from '../../emulator/livePage.ts';
import { total } from '../figures.ts';
import { formatCount, formatNumber, formatSeconds, formatShare, formatSpan } from '../format.ts';
import { countOf } from './coldStartTexts.ts';
import { formatOf } from './metricPanel.ts';

/** A tile: its name, its value and a line of context. */
export interface Tile {
  readonly label: string;
  readonly value: (now: Signals, lately: Signals) => string;
  readonly context: (lately: Signals, now: Signals) => string;
}

/** Of what the kit itself counts. */
export const BUILT_IN_TILES: readonly Tile[] = [
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

function quantile(name: 'p50' | 'p95' | 'p99'): Tile {
  return {
    label: `Latency ${name}`,
    value: ({ latency }) => formatSeconds(latency[name]),
    context: (lately) => over(formatSeconds(lately.latency[name]), lately),
  };
}

/** The first value of a metric that has one before others: a ratio, or a mean. */
export function tileOf(metric: ShownMetric): Tile[] {
  const { name, panel } = metric;
  if (panel.show !== 'ratio' && panel.show !== 'quantiles') return [];
  const format = formatOf(metric);
  const text = ({ shown }: Signals) => format(Object.values(shown[name] ?? {})[0]);
  return [{ label: panel.title, value: text, context: (lately) => over(text(lately), lately) }];
}

/** "3 min: 1,204". */
function over(text: string, { seconds }: Signals): string {
  return `${formatSpan(seconds)}: ${text}`;
}
