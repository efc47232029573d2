/** A panel: a title, a legend with the values of now or under the cursor, and their chart over time. */
import uPlot from 'uplot';
import { type ChartStyle, chartData, chartOptions, type Line, type View } from './chart.ts';
import { element } from './element.ts';
import { formatClock } from './format.ts';
import type { Frame } from './frame.ts';
import type { Signals } from './signals.ts';

/** What a panel shows. */
export interface PanelOptions extends ChartStyle {
  readonly title: string;
  /** Unit and window, in a few words. */
  readonly note: string;
  /** What the reader sees, at more length. */
  readonly description?: string;
  /** The lines at the newest signals, asked at each update, for lines may come with new series. */
  readonly lines: (signals: Signals | undefined) => readonly Line[];
}

/** A panel on the page. */
export interface Panel {
  update(view: View): void;
  /** Draws again, after the colours have changed. */
  redraw(): void;
  /** Takes it off the page. */
  remove(): void;
}

/** Fills an element with a panel. */
export function createPanel(host: HTMLElement, options: PanelOptions): Panel {
  const heading = element('header', 'panel-heading');
  const note = element('span', 'panel-note', options.note);
  const title = element('h2', 'panel-title', options.title);
  title.title = options.description ?? '';
  heading.append(title, note);
  const legend = element('ul', 'legend');
  const plot = element('div', 'plot');
  plot.role = 'img';
  host.append(heading, legend, plot);

  let chart: uPlot | undefined;
  let lines: readonly Line[] = [];
  let legendValues: readonly HTMLElement[] = [];
  let view: View = { frames: [], from: 0, to: 1 };
  const size = () => ({ width: plot.clientWidth, height: plot.clientHeight });

  new ResizeObserver(() => {
    if (plot.clientWidth > 0) chart?.setSize(size());
  }).observe(plot);

  function showValues(): void {
    const pointed = view.frames[chart?.cursor.idx ?? -1];
    const frame = pointed ?? view.frames.at(-1);
    const texts = lines.map((line) => (frame === undefined ? '' : describe(line, frame, options)));
    legendValues.forEach((cell, index) => {
      cell.textContent = texts[index] ?? '';
    });
    note.textContent = pointed === undefined ? options.note : formatClock(pointed.time);
    const values = lines.map(({ label }, index) => `${label} ${texts[index]}`).join(', ');
    plot.ariaLabel = `${options.title}, ${options.note}: ${values}`;
  }

  function rebuild(): void {
    chart?.destroy();
    const entries = lines.map(legendEntry);
    legend.replaceChildren(...entries.map(({ item }) => item));
    legendValues = entries.map(({ value }) => value);
    chart = new uPlot(
      chartOptions(options, lines, size(), () => view, showValues),
      chartData(view.frames, lines, options),
      plot,
    );
  }

  return {
    update(newView) {
      view = newView;
      const newLines = options.lines(view.frames.findLast(({ signals }) => signals)?.signals);
      const isSame = labels(newLines) === labels(lines);
      lines = newLines;
      if (chart === undefined || !isSame) rebuild();
      else chart.setData(chartData(view.frames, lines, options));
      showValues();
    },
    redraw: () => chart?.redraw(false),
    remove() {
      chart?.destroy();
      host.remove();
    },
  };
}

function labels(lines: readonly Line[]): string {
  return JSON.stringify(lines.map(({ label }) => label));
}

function describe(line: Line, frame: Frame, { format }: ChartStyle): string {
  return line.legend?.(frame) ?? format(line.value(frame) ?? Number.NaN);
}

function legendEntry(line: Line): { item: HTMLElement; value: HTMLElement } {
  const item = element('li', 'legend-item');
  const key = element('span', 'key');
  key.style.setProperty('--key', `var(--${line.color})`);
  key.classList.toggle('key-dashed', line.dash !== undefined);
  key.classList.toggle('key-diamond', line.diamonds !== undefined);
  const value = element('span', 'legend-value');
  item.append(key, element('span', 'legend-label', line.label), value);
  return { item, value };
}
