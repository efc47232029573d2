/** The panels of the page, one function each. */
import uPlot from 'uplot';
import type { Line } from './chart.ts';
import { countOf, legendText, markText, slowest } from './coldStartTexts.ts';
import { formatNumber, formatSeconds, formatShare } from './format.ts';
import type { Frame } from './frame.ts';
import type { PanelOptions } from './panel.ts';
import { type Signals, total } from './signals.ts';

/** Length of the trailing window that every rate, quantile and share is taken over, in seconds. */
export const WINDOW_SECONDS = 10;

/** The values of the labels that split panels into lines. */
export interface Names {
  readonly functions: readonly string[];
  /** Those of the functions that were ever asked; the others have no line. */
  readonly asked: ReadonlySet<string>;
  readonly errorKinds: readonly string[];
  readonly classes: readonly string[];
}

const NOTE = `last ${WINDOW_SECONDS} s`;
const FUNCTION_COLORS = ['blue', 'green', 'amber', 'purple', 'vermilion', 'blue-light'];
const ERROR_COLORS = ['amber', 'vermilion', 'purple'];
const CLASS_COLORS = ['purple', 'green', 'amber', 'blue', 'vermilion', 'blue-light'];

/**
 * Every panel, by the id of its place in the page.
 *
 * @param names asked at each update, for new values come with new series
 */
export function panels(names: () => Names): Readonly<Record<string, PanelOptions>> {
  return {
    latency: latency(),
    requests: requests(names),
    errors: errors(names),
    instances: instances(names),
    classes: classes(names),
    confidence: confidence(),
    outliers: outliers(),
  };
}

function latency(): PanelOptions {
  const quantile = (label: 'p50' | 'p95' | 'p99', color: string, style: Partial<Line>): Line => ({
    label,
    color,
    value: ({ signals }) => signals?.latency[label],
    ...style,
  });
  const lines: readonly Line[] = [
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
  ];
  return {
    title: 'Latency',
    note: `${NOTE}, logarithmic`,
    format: formatSeconds,
    logarithmic: true,
    range: decades,
    lines: () => lines,
  };
}

function requests(names: () => Names): PanelOptions {
  return {
    title: 'Requests',
    note: `per second, ${NOTE}`,
    format: formatNumber,
    range: fromZero(1),
    lines: () =>
      byFunction(
        names(),
        perSecond((signals) => signals.requests),
      ),
  };
}

function errors(names: () => Names): PanelOptions {
  return {
    title: 'Errors',
    note: `per second, ${NOTE}`,
    format: formatNumber,
    range: fromZero(0.5),
    lines: () =>
      split(
        names().errorKinds,
        ERROR_COLORS,
        perSecond((signals) => signals.errors),
      ),
  };
}

function instances(names: () => Names): PanelOptions {
  return {
    title: 'Instances',
    note: 'alive, busy or idle',
    format: formatNumber,
    range: fromZero(4),
    stepped: true,
    lines: () =>
      byFunction(names(), (name) => (frame) => {
        return frame.signals?.instances.get(name);
      }),
  };
}

function classes(names: () => Names): PanelOptions {
  return {
    title: 'Predicted classes',
    note: `share of requests, ${NOTE}`,
    format: formatShare,
    range: () => [0, 1],
    stacked: true,
    lines: () =>
      split(names().classes, CLASS_COLORS, (name) => ({ signals }) => {
        return signals && (signals.predictions.get(name) ?? 0) / total(signals.predictions);
      }),
  };
}

function confidence(): PanelOptions {
  const lines: readonly Line[] = [
    { label: 'mean', color: 'blue', value: ({ signals }) => signals?.confidence.mean },
    {
      label: '10th percentile',
      color: 'blue-light',
      value: ({ signals }) => signals?.confidence.p10,
      dash: [5, 4],
      width: 1.5,
    },
  ];
  return {
    title: 'Confidence',
    note: `vote share by request, ${NOTE}`,
    format: formatShare,
    range: upToOne,
    lines: () => lines,
  };
}

function outliers(): PanelOptions {
  const line: Line = {
    label: 'far from the training data',
    color: 'vermilion',
    value: ({ signals }) => signals?.outOfDistribution,
  };
  return {
    title: 'Out of distribution',
    note: `share of requests, ${NOTE}`,
    format: formatShare,
    range: (_, __, max) => [0, Math.min(1, Math.max(0.1, (max ?? 0) * 1.1))],
    lines: () => [line],
  };
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

/** From zero to a little above the data, but at least to `least`, so that an idle chart is calm. */
function fromZero(least: number): uPlot.Range.Function {
  return (_, __, max) => uPlot.rangeNum(0, Math.max(max ?? 0, least), 0.1, true);
}

/** Up to 100 %, from 80 % or the step of 10 % below the data. */
const upToOne: uPlot.Range.Function = (_, min) => [
  Math.min(0.8, Math.floor((min ?? 1) * 10) / 10),
  1,
];

/** Whole decades around the data, with room above for the notes of cold starts; 1 ms to 1 s at least. */
const decades: uPlot.Range.Function = (_, min, max) => [
  10 ** Math.floor(Math.log10(Math.min(min ?? 1e-3, 1e-3))),
  10 ** Math.ceil(Math.log10(Math.max((max ?? 0) * 1.5, 1))),
];
