/** The panels of the page, each as one description. */
import uPlot from 'uplot';
import type { Line } from './chart.ts';
import { formatNumber, formatSeconds, formatShare } from './format.ts';
import type { Frame } from './frame.ts';
import type { PanelOptions } from './panel.ts';
import { type ColdStart, type Signals, total } from './signals.ts';

/** Length of the trailing window that every rate, quantile and share is taken over, in seconds. */
export const WINDOW_SECONDS = 10;

const NOTE = `last ${WINDOW_SECONDS} s`;

/** The values of the labels that split panels into lines. */
export interface Names {
  readonly functions: readonly string[];
  /** Those of the functions that were ever asked; the others have no line. */
  readonly asked: ReadonlySet<string>;
  readonly errorKinds: readonly string[];
  readonly classes: readonly string[];
}

/**
 * Every panel, by the id of its place in the page.
 *
 * @param names asked at each update, for new values appear with new series
 */
export function panels(names: () => Names): ReadonlyMap<string, PanelOptions> {
  return new Map<string, PanelOptions>([
    [
      'latency',
      {
        title: 'Latency',
        note: `${NOTE}, logarithmic`,
        format: formatSeconds,
        logarithmic: true,
        range: decades,
        lines: () => [
          quantile('p50', 'blue-light', { width: 1.5 }),
          quantile('p95', 'blue', {}),
          quantile('p99', 'purple', { dash: [5, 4], width: 1.5 }),
          {
            label: 'cold start',
            color: 'vermilion',
            value: ({ coldStarts }) => slowest(coldStarts)?.latencySeconds,
            diamonds: ({ coldStarts }) => ({
              text: initText(coldStarts),
              weight: countOf(coldStarts),
            }),
            legend: ({ coldStarts }) => coldStarts.map(coldStartText).join(', '),
          },
        ],
      },
    ],
    [
      'requests',
      {
        title: 'Requests',
        note: `per second, ${NOTE}`,
        format: formatNumber,
        range: fromZero(1),
        lines: () =>
          byFunction(
            names(),
            perSecond((now) => now.requests),
          ),
      },
    ],
    [
      'errors',
      {
        title: 'Errors',
        note: `per second, ${NOTE}`,
        format: formatNumber,
        range: fromZero(0.5),
        lines: () =>
          split(
            names().errorKinds,
            ERROR_COLORS,
            perSecond((now) => now.errors),
          ),
      },
    ],
    [
      'instances',
      {
        title: 'Instances',
        note: 'alive, busy or idle',
        format: formatNumber,
        range: fromZero(4),
        stepped: true,
        lines: () =>
          byFunction(
            names(),
            (name) =>
              ({ signals }) =>
                signals?.instances.get(name),
          ),
      },
    ],
    [
      'classes',
      {
        title: 'Predicted classes',
        note: `share of rows, ${NOTE}`,
        format: formatShare,
        range: () => [0, 1],
        stacked: true,
        lines: () =>
          split(names().classes, CLASS_COLORS, (name) => ({ signals }) => {
            if (signals === undefined) return undefined;
            return (signals.predictions.get(name) ?? 0) / total(signals.predictions);
          }),
      },
    ],
    [
      'confidence',
      {
        title: 'Confidence',
        note: `vote share, ${NOTE}`,
        format: formatShare,
        range: upToOne,
        lines: () => [
          { label: 'mean', color: 'blue', value: ({ signals }) => signals?.confidence.mean },
          {
            label: '10th percentile',
            color: 'blue-light',
            value: ({ signals }) => signals?.confidence.p10,
            dash: [5, 4],
            width: 1.5,
          },
        ],
      },
    ],
    [
      'outliers',
      {
        title: 'Out of distribution',
        note: `share of rows, ${NOTE}`,
        format: formatShare,
        range: shareFromZero,
        lines: () => [
          {
            label: 'far from the training data',
            color: 'vermilion',
            value: ({ signals }) => signals?.outOfDistribution,
          },
        ],
      },
    ],
  ]);
}

/** "predict ×2 184 ms (init 121 ms)". */
export function coldStartText({ function: name, count, ...times }: ColdStart): string {
  const often = count > 1 ? ` ×${count}` : '';
  return `${name}${often} ${formatSeconds(times.latencySeconds)} (init ${formatSeconds(times.initSeconds)})`;
}

const FUNCTION_COLORS = ['blue', 'green', 'amber', 'purple', 'vermilion', 'blue-light'] as const;
const ERROR_COLORS = ['amber', 'vermilion', 'purple'] as const;
const CLASS_COLORS = ['purple', 'green', 'amber', 'blue', 'vermilion', 'blue-light'] as const;

function quantile(label: 'p50' | 'p95' | 'p99', color: string, style: Partial<Line>): Line {
  return { label, color, value: ({ signals }) => signals?.latency[label], ...style };
}

function byFunction({ functions, asked }: Names, value: (name: string) => Line['value']): Line[] {
  const lines = split(functions, FUNCTION_COLORS, value);
  return asked.size === 0 ? lines : lines.filter(({ label }) => asked.has(label));
}

/** One line a name, in the palette's order. */
function split(
  names: readonly string[],
  palette: readonly string[],
  value: (name: string) => Line['value'],
): Line[] {
  return names.map((name, index) => ({
    label: name,
    color: palette[index % palette.length] ?? 'blue',
    value: value(name),
  }));
}

function perSecond(counts: (signals: Signals) => ReadonlyMap<string, number>) {
  return (name: string) =>
    ({ signals }: Frame) =>
      signals && (counts(signals).get(name) ?? 0) / signals.seconds;
}

function slowest(coldStarts: readonly ColdStart[]): ColdStart | undefined {
  return coldStarts.toSorted((a, b) => a.latencySeconds - b.latencySeconds).at(-1);
}

function countOf(coldStarts: readonly ColdStart[]): number {
  return coldStarts.reduce((all, { count }) => all + count, 0);
}

function initText(coldStarts: readonly ColdStart[]): string {
  const shown = slowest(coldStarts);
  if (shown === undefined) return '';
  const count = countOf(coldStarts);
  return `${count > 1 ? `×${count}  ` : ''}init ${formatSeconds(shown.initSeconds)}`;
}

/** From zero to a little above the data, but at least to `least`, so that an idle chart is calm. */
function fromZero(least: number): uPlot.Range.Function {
  return (_, __, max) => uPlot.rangeNum(0, Math.max(max ?? 0, least), 0.1, true);
}

const shareFromZero: uPlot.Range.Function = (_, __, max) => [
  0,
  Math.min(1, Math.max(0.1, (max ?? 0) * 1.1)),
];

/** Up to 100 %, from 80 % or the step of 10 % below the data. */
const upToOne: uPlot.Range.Function = (_, min) => [
  Math.min(0.8, Math.floor((min ?? 1) * 10) / 10),
  1,
];

/** Whole decades around the data, with room above for the texts of cold starts; 1 ms to 1 s at least. */
const decades: uPlot.Range.Function = (_, min, max) => [
  10 ** Math.floor(Math.log10(Math.min(min ?? 1e-3, 1e-3))),
  10 ** Math.ceil(Math.log10(Math.max((max ?? 0) * 1.5, 1))),
];
