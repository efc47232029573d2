/** Marks single events on a chart: diamonds, with short notes where there is room. */
import type uPlot from 'uplot';
import { color } from '../theme.ts';

/** What to write beside a diamond. */
export interface Note {
  readonly text: string;
  /** Of two notes that would touch, the heavier is written, or the newer of equal ones. */
  readonly weight: number;
}

/** Half the diagonal, in CSS pixels. */
const RADIUS = 7;
/** Free space between two notes, in CSS pixels. */
const GAP = 6;
const FONT_SIZE = 11;

/** A point to draw, in canvas pixels, and the room that its note wants. */
interface Mark extends Note {
  readonly x: number;
  readonly y: number;
  readonly center: number;
  readonly width: number;
}

/**
 * Draws a diamond at each point of a series.
 *
 * @param seriesIndex index into the chart's series
 * @param colorName custom property of the style sheet
 * @param note what to write beside the point at an index
 */
export function drawDiamonds(
  chart: uPlot,
  seriesIndex: number,
  colorName: string,
  note: (index: number) => Note,
): void {
  const { ctx } = chart;
  ctx.save();
  ctx.font = `600 ${FONT_SIZE * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.lineJoin = 'round';
  ctx.setLineDash([]);
  const marks = marksOf(chart, seriesIndex, note);
  for (const mark of marks) drawDiamond(ctx, mark, colorName);
  for (const mark of withRoom(marks)) drawNote(ctx, mark);
  ctx.restore();
}

function marksOf(chart: uPlot, seriesIndex: number, note: (index: number) => Note): Mark[] {
  const { ctx, bbox } = chart;
  const times = chart.data[0];
  const from = chart.scales['x']?.min ?? 0;
  const marks: Mark[] = [];
  chart.data[seriesIndex]?.forEach((value, index) => {
    const time = times[index];
    if (typeof value !== 'number' || time === undefined || time < from) return;
    const { text, weight } = note(index);
    const { width } = ctx.measureText(text);
    const x = chart.valToPos(time, 'x', true);
    const y = chart.valToPos(value, 'y', true);
    // The note stays inside the plot.
    const right = Math.min(x + width / 2, bbox.left + bbox.width);
    const center = Math.max(right - width / 2, bbox.left + width / 2);
    marks.push({ text, weight, x, y, center, width });
  });
  return marks;
}

/** The marks whose notes can all be written. */
function withRoom(marks: readonly Mark[]): Mark[] {
  const written: Mark[] = [];
  for (const mark of marks.toReversed().sort((a, b) => b.weight - a.weight)) {
    const isFree = written.every(
      ({ center, width }) =>
        Math.abs(center - mark.center) > (width + mark.width) / 2 + GAP * devicePixelRatio,
    );
    if (isFree) written.push(mark);
  }
  return written;
}

function drawDiamond(ctx: CanvasRenderingContext2D, { x, y }: Mark, colorName: string): void {
  const radius = RADIUS * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, y - radius);
  ctx.lineTo(x + radius, y);
  ctx.lineTo(x, y + radius);
  ctx.lineTo(x - radius, y);
  ctx.closePath();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.strokeStyle = color('panel');
  ctx.fillStyle = color(colorName);
  ctx.fill();
  ctx.stroke();
}

/** The panel's colour around the letters keeps them readable over lines. */
function drawNote(ctx: CanvasRenderingContext2D, { text, center, y }: Mark): void {
  const bottom = y - (RADIUS + 2) * devicePixelRatio;
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.strokeStyle = color('panel');
  ctx.fillStyle = color('text');
  ctx.strokeText(text, center, bottom);
  ctx.fillText(text, center, bottom);
}
