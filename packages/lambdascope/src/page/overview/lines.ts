/** What the lines of different panels have in common. */
import uPlot from 'uplot';
import type { Figures, Signals } from '../../emulator/live/frame.ts';
import type { Line } from './chart.ts';
import type { PanelOptions } from './panel.tsx';

/** Colours of lines, unless a panel has its own. */
export const COLORS: readonly string[] = [
  'blue',
  'green',
  'amber',
  'purple',
  'vermilion',
  'blue-light',
];

/**
 * One line for each name of a split number.
 *
 * @param of the number, by name
 * @param per what each is divided by
 */
export function linesOf(
  of: (signals: Signals) => Figures | undefined,
  palette = COLORS,
  per = (_: Signals) => 1,
): (newest: Signals | undefined) => Line[] {
  return (newest) =>
    Object.keys((newest && of(newest)) ?? {}).map((name, index) => ({
      label: name,
      color: palette[index % palette.length] ?? '',
      value: ({ signals }) => {
        const value = of(signals)?.[name];
        const whole = per(signals);
        // The first frame of a history is of no time at all.
        return typeof value === 'number' && whole > 0 ? value / whole : undefined;
      },
    }));
}

/** From zero, or from below the data, to a little above them, but at least to `least`, so that an idle chart is calm. */
export function fromZero(least: number): PanelOptions['range'] {
  return (_, min, max) =>
    uPlot.rangeNum(Math.min(min ?? 0, 0), Math.max(max ?? 0, least) || 1, 0.1, true);
}
