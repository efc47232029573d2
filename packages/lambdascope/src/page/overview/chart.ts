/** How the lines of a panel become a uPlot chart. */
import uPlot from 'uplot';
import type { Figure, Frame } from '../../emulator/live/frame.ts';
import { formatClock } from '../format.ts';
import { color, translucent } from '../theme.ts';
import { drawDiamonds, type Note } from './diamonds.ts';

/** One series of a panel. */
export interface Line {
  readonly label: string;
  /** Colour: a custom property of the style sheet, without its dashes. */
  readonly color: string;
  /** The value at a frame; none where nothing was counted. */
  readonly value: (frame: Frame) => Figure | undefined;
  /** In CSS pixels. @default 2 */
  readonly width?: number;
  readonly dash?: readonly number[];
  /** Draws diamonds with these notes instead of a line. */
  readonly diamonds?: (frame: Frame) => Note;
  /** What the legend says of a frame, instead of the formatted value. */
  readonly legend?: (frame: Frame) => string;
}

/** How values of a panel are drawn. */
export interface ChartStyle {
  readonly format: (value: Figure | undefined) => string;
  readonly range: uPlot.Range.Function;
  readonly logarithmic?: boolean;
  /** Distances that ticks of its axis may have. */
  readonly steps?: readonly number[];
  /** Steps instead of slopes: for levels that jump. */
  readonly stepped?: boolean;
  /** Each line stands on the one before, with the space between filled. */
  readonly stacked?: boolean;
}

/** What a chart shows: frames, and the span of Unix time in seconds from its left edge to its right. */
export interface View {
  readonly frames: readonly Frame[];
  readonly from: number;
  readonly to: number;
}

const AXIS_FONT = '11px system-ui, sans-serif';
/** All charts share one cursor. */
const CURSOR = 'lambdascope';
const AREA_OPACITY = 0.35;

/** The columns that uPlot draws; null where a line has no value, which leaves a gap. */
export function chartData(
  frames: readonly Frame[],
  lines: readonly Line[],
  { stacked = false }: ChartStyle,
): uPlot.AlignedData {
  const columns = lines.map(() => new Array<number | null>(frames.length).fill(null));
  frames.forEach((frame, row) => {
    let base = 0;
    lines.forEach((line, index) => {
      const value = line.value(frame);
      const column = columns[index];
      if (column === undefined || typeof value !== 'number' || !Number.isFinite(value)) return;
      column[row] = base + value;
      if (stacked) base += value;
    });
  });
  return [frames.map(({ time }) => time), ...columns];
}

/**
 * A chart's options.
 *
 * @param view asked at each drawing
 * @param onCursor called when the shared cursor moves or leaves
 */
export function chartOptions(
  style: ChartStyle,
  lines: readonly Line[],
  size: { readonly width: number; readonly height: number },
  view: () => View,
  onCursor: (chart: uPlot) => void,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => color('muted'),
    font: AXIS_FONT,
    gap: 6,
    grid: { stroke: () => color('grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: CURSOR, scales: ['x', null] },
      points: { size: 7, width: 2, fill: () => color('panel') },
    },
    scales: {
      x: { time: true, range: () => [view().from, view().to] },
      y: { range: style.range, distr: style.logarithmic ? 3 : 1 },
    },
    axes: [
      { ...axis, space: 84, size: 26, values: clockTimes },
      {
        ...axis,
        space: 28,
        size: 54,
        ...(style.steps && { incrs: [...style.steps] }),
        values: (_, splits) => splits.map((at) => (at === null ? null : style.format(at))),
        ...(style.logarithmic && { splits: powersOfTen }),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOptions(line, style))],
    bands: style.stacked
      ? lines.slice(1).map((_, index) => ({ series: [index + 2, index + 1] }))
      : [],
    hooks: {
      setCursor: [onCursor],
      draw: [(chart) => drawEvents(chart, lines, view().frames)],
    },
  };
}

function seriesOptions(line: Line, { stacked, stepped }: ChartStyle): uPlot.Series {
  const stroke = () => color(line.color);
  if (line.diamonds) return { stroke, paths: () => null, points: { show: false } };
  const steps = stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    stroke,
    width: line.width ?? 2,
    points: { show: false },
    ...(line.dash && { dash: [...line.dash] }),
    ...(steps && { paths: steps }),
    ...(stacked && { fill: () => translucent(line.color, AREA_OPACITY) }),
  };
}

function drawEvents(chart: uPlot, lines: readonly Line[], frames: readonly Frame[]): void {
  lines.forEach(({ diamonds, color: name }, index) => {
    if (diamonds === undefined) return;
    drawDiamonds(chart, index + 1, name, (row) => {
      const frame = frames[row];
      return frame === undefined ? { text: '', weight: 0 } : diamonds(frame);
    });
  });
}

/** Times of day; none where it would be cut off at the right edge. */
function clockTimes(chart: uPlot, times: number[]): (string | null)[] {
  const end = chart.bbox.width / devicePixelRatio - 20;
  return times.map((time) => (chart.valToPos(time, 'x') > end ? null : formatClock(time)));
}

/** One tick a decade. */
function powersOfTen(_: uPlot, __: number, min: number, max: number): number[] {
  const first = Math.round(Math.log10(min));
  const last = Math.round(Math.log10(max));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}
