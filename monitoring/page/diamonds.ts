/** Marks single events on a chart: diamonds, with short texts where there is room. */
import type uPlot from 'uplot';
import { color } from './theme.ts';

/** Half the diagonal, in CSS pixels. */
const RADIUS = 6;
/** Free space between a text and its neighbours, in CSS pixels. */
const GAP = 6;
const FONT_SIZE = 11;

/**
 * Draws a diamond at each point of a series, and beside it its text unless it would touch the text
 * of a newer one.
 *
 * @param seriesIndex index into the chart's series
 * @param colorName custom property of the style sheet
 * @param text what to write beside the point at an index
 */
export function drawDiamonds(
  chart: uPlot,
  seriesIndex: number,
  colorName: string,
  text: (index: number) => string,
): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const times = chart.data[0] ?? [];
  const values = chart.data[seriesIndex] ?? [];
  const from = chart.scales['x']?.min ?? 0;
  const radius = RADIUS * ratio;

  ctx.save();
  ctx.font = `600 ${FONT_SIZE * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.lineJoin = 'round';
  let freeUntil = bbox.left + bbox.width;
  for (let index = times.length - 1; index >= 0; index -= 1) {
    const time = times[index];
    const value = values[index];
    if (time === undefined || typeof value !== 'number' || time < from) continue;
    const x = chart.valToPos(time, 'x', true);
    const y = chart.valToPos(value, 'y', true);

    const label = text(index);
    const width = ctx.measureText(label).width;
    // Kept inside the plot, and clear of the text to its right.
    const center = Math.min(x, bbox.left + bbox.width - width / 2);
    if (center + width / 2 <= freeUntil && center - width / 2 >= bbox.left) {
      const bottom = y - radius - 3 * ratio;
      ctx.lineWidth = 3 * ratio;
      ctx.strokeStyle = color('panel');
      ctx.strokeText(label, center, bottom);
      ctx.fillStyle = color('text');
      ctx.fillText(label, center, bottom);
      freeUntil = center - width / 2 - GAP * ratio;
    }

    ctx.beginPath();
    ctx.moveTo(x, y - radius);
    ctx.lineTo(x + radius, y);
    ctx.lineTo(x, y + radius);
    ctx.lineTo(x - radius, y);
    ctx.closePath();
    ctx.lineWidth = 1.5 * ratio;
    ctx.strokeStyle = color('panel');
    ctx.fillStyle = color(colorName);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}
