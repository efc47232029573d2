/** A panel: a title, a legend with the values of now or under the cursor, and their chart over time. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Frame, Signals } from '../../emulator/live/frame.ts';
import { formatClock } from '../format.ts';
import type { ChartStyle, Line, View } from './chart.ts';
import { ChartView } from './chartView.tsx';

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

interface Props {
  readonly options: PanelOptions;
  readonly view: View;
  readonly id?: string;
  readonly isWide?: boolean;
  /** What a click at a point of the chart opens. */
  readonly target?: (chart: uPlot, left: number, top: number) => (() => void) | undefined;
  /** What stands below the legend. */
  readonly children?: ComponentChildren;
}

export function Panel({ options, view, id, isWide = false, target, children }: Props) {
  const [index, point] = useState<number>();
  const newest = view.frames.at(-1);
  const pointed = index === undefined ? undefined : view.frames[index];
  const frame = pointed ?? newest;
  const lines = options.lines(newest?.signals);
  const values = lines.map((line) => (frame === undefined ? '' : describe(line, frame, options)));
  const said = lines.map(({ label }, index) => `${label} ${values[index]}`).join(', ');
  return (
    <section class={isWide ? 'panel panel-wide' : 'panel'} id={id}>
      <header class="panel-heading">
        <h2 class="panel-title" title={options.description}>
          {options.title}
        </h2>
        <span class="panel-note">
          {pointed === undefined ? options.note : formatClock(pointed.time)}
        </span>
      </header>
      <ul class="legend">
        {lines.map((line, index) => (
          <li class="legend-item" key={line.label}>
            <span class={keyClass(line)} style={{ '--key': `var(--${line.color})` }} />
            <span class="legend-label">{line.label}</span>
            <span class="legend-value">{values[index]}</span>
          </li>
        ))}
      </ul>
      {children}
      <ChartView
        style={options}
        lines={lines}
        view={view}
        label={`${options.title}, ${options.note}: ${said}`}
        onCursor={point}
        target={target}
      />
    </section>
  );
}

function describe(line: Line, frame: Frame, { format }: ChartStyle): string {
  return line.legend?.(frame) ?? format(line.value(frame));
}

function keyClass({ dash, diamonds }: Line): string {
  return ['key', dash && 'key-dashed', diamonds && 'key-diamond'].filter(Boolean).join(' ');
}
