/** Draws a line chart with logarithmic axes as SVG, readable on light and dark pages. */

/** A line: a name and its points, each value above 0. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** What a chart shows. */
export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 70;
const RIGHT = 150;
const TOP = 40;
const BOTTOM = 50;
/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00'] as const;

/** The chart as an SVG document. */
export function lineChart({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const across = axis(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = axis(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = '#8884';
  const parts = [
    ...across.ticks.map((tick) => {
      const at = across.place(tick).toFixed(1);
      return `<line x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="${grid}"/><text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${short(tick)}</text>`;
    }),
    ...up.ticks.map((tick) => {
      const at = up.place(tick).toFixed(1);
      return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="${grid}"/><text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end">${short(tick)}</text>`;
    }),
    ...lines.map(({ name, points: line }, index) => {
      const colour = COLOURS[index % COLOURS.length];
      const path = line.map(([a, b]) => `${across.place(a).toFixed(1)},${up.place(b).toFixed(1)}`);
      const last = up.place(line.at(-1)?.[1] ?? 1);
      const dots = path.map((at) => {
        const [cx, cy] = at.split(',');
        return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
      });
      return `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}<text x="${WIDTH - RIGHT + 10}" y="${last.toFixed(1)}" dy="4" style="fill:${colour}">${xmlText(name)}</text>`;
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${xmlText(title)}">
<style>text{font:12px system-ui,sans-serif;fill:#777}</style>
<text x="${LEFT}" y="22" style="font-weight:600;font-size:14px">${xmlText(title)}</text>
${parts.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${xmlText(x)}</text>
<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${xmlText(y)}</text>
</svg>
`;
}

/** A logarithmic axis over the values, from powers of ten to powers of ten. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    place: (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  };
}

/** A tick with an SI prefix. */
function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
