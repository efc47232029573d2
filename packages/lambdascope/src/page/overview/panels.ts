/** The panels of what the kit itself counts. */
import { RECENT_SECONDS } from '../../builtInMetrics.ts';
import { type Signals, WINDOW_SECONDS } from '../../emulator/live/frame.ts';
import { formatBytes, formatNumber, formatSeconds } from '../format.ts';
import type { Line } from './chart.ts';
import { countOf, legendText, markText, slowest } from './coldStartTexts.ts';
import { fromZero, linesOf } from './lines.ts';
import type { PanelOptions } from './panel.tsx';

/** What the notes of panels say of the window that every rate, quantile and share is taken over. */
export const WINDOW = `last ${WINDOW_SECONDS} s`;
const ERROR_COLORS = ['amber', 'vermilion', 'purple', 'blue'];
/** Distances between the ticks of an axis of counts. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const MIB = 2 ** 20;
/** And of an axis of memory. */
const MEMORY_STEPS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((size) => size * MIB);
const perSecond = ({ seconds }: Signals) => seconds;

/** The latency, with the cold starts on it. */
export const latency: PanelOptions = {
  title: 'Latency',
  note: `${WINDOW}, logarithmic`,
  format: formatSeconds,
  logarithmic: true,
  // Whole decades around the data, with room above for the notes of cold starts; 1 ms to 1 s at least.
  range: (_, min, max) => [
    10 ** Math.floor(Math.log10(Math.min(min ?? 1e-3, 1e-3))),
    10 ** Math.ceil(Math.log10(Math.max((max ?? 0) * 1.5, 1))),
  ],
  lines: () => [
    quantile('p50', 'blue-light', { width: 1.5 }),
    quantile('p95', 'blue', {}),
    quantile('p99', 'purple', { dash: [5, 4], width: 1.5 }),
    {
      label: 'cold start',
      color: 'vermilion',
      value: ({ coldStarts }) => slowest(coldStarts)?.latencySeconds,
      diamonds: ({ coldStarts }) => ({ text: markText(coldStarts), weight: countOf(coldStarts) }),
      legend: ({ coldStarts }) => legendText(coldStarts),
    },
  ],
};

/** The panels of what else the kit itself counts, by their ids in the page. */
export const panels: Readonly<Record<string, PanelOptions>> = {
  requests: {
    title: 'Requests',
    note: `per second, ${WINDOW}`,
    format: formatNumber,
    range: fromZero(1),
    lines: ofAsked(linesOf(({ requests }) => requests, undefined, perSecond)),
  },
  errors: {
    title: 'Errors',
    note: `per second, ${WINDOW}`,
    format: formatNumber,
    range: fromZero(0.5),
    lines: linesOf(({ errors }) => errors, ERROR_COLORS, perSecond),
  },
  refused: {
    title: 'Refused',
    note: `per second, ${WINDOW}`,
    description:
      'By a limit, before a function got them. reserved, account and scaling: no instance was to be had; ' +
      'rate, burst and quota: a usage plan or a method takes no more.',
    format: formatNumber,
    range: fromZero(0.5),
    lines: linesOf(({ refused }) => refused, undefined, perSecond),
  },
  instances: {
    title: 'Instances',
    note: 'alive, busy or idle',
    format: formatNumber,
    range: fromZero(4),
    steps: WHOLE_STEPS,
    stepped: true,
    lines: ofAsked(linesOf(({ instances }) => instances)),
  },
  memory: {
    title: 'Memory',
    note: `most in an instance, last ${RECENT_SECONDS} s`,
    format: formatBytes,
    range: fromZero(64 * MIB),
    steps: MEMORY_STEPS,
    stepped: true,
    lines: ofAsked(linesOf(({ memory }) => memory)),
  },
};

function quantile(label: 'p50' | 'p95' | 'p99', color: string, style: Partial<Line>): Line {
  return { label, color, value: ({ signals }) => signals.latency[label], ...style };
}

/** Those lines of functions that were ever asked; all while none was. */
function ofAsked(lines: PanelOptions['lines']): PanelOptions['lines'] {
  return (newest) =>
    lines(newest).filter(
      ({ label }) => newest?.asked.length === 0 || newest?.asked.includes(label),
    );
}
