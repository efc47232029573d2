/** The panel of a metric of the service's own, after its definition. */
import type { Figure } from '../../emulator/live/frame.ts';
import type { LiveService, ShownMetric } from '../../emulator/livePage.ts';
import { formatNumber, formatShare, formatSpan } from '../format.ts';
import { unitFormat } from '../unitFormat.ts';
import type { Line } from './chart.ts';
import { COLORS, fromZero, linesOf } from './lines.ts';
import type { PanelOptions } from './panel.tsx';
import { WINDOW } from './panels.ts';

const SHARE_COLORS = ['purple', 'green', 'amber', 'blue', 'vermilion', 'blue-light'];
const QUANTILE_COLORS = ['blue', 'blue-light', 'purple', 'green', 'amber', 'vermilion'];

/** The panel that a metric's definition asks for. */
export function metricPanel(metric: ShownMetric, drift: LiveService['drift']): PanelOptions {
  const { name, help, panel } = metric;
  const lines = (palette = COLORS) => linesOf(({ shown }) => shown[name], palette);
  const common = {
    title: panel.title,
    description: panel.description ?? help,
    format: formatOf(metric),
  };
  const share = panel.perRequestOf === undefined ? 'share' : 'share of requests';
  switch (panel.show) {
    case 'share':
      return {
        ...common,
        note: `${share}, ${WINDOW}`,
        range: () => [0, 1],
        stacked: true,
        lines: lines(SHARE_COLORS),
      };
    case 'ratio':
      return {
        ...common,
        note: `${share}, ${WINDOW}`,
        range: (_, __, max) => [0, Math.min(1, Math.max(0.1, (max ?? 0) * 1.1))],
        lines: lines(['vermilion']),
      };
    case 'quantiles': {
      const quantiles = lines(QUANTILE_COLORS);
      return {
        ...common,
        note: `${panel.perRequestOf === undefined ? '' : 'by request, '}${WINDOW}`,
        // A share goes up to 100 %, from 80 % or the step of 10 % below the data.
        range:
          common.format === formatShare
            ? (_, min) => [Math.min(0.8, Math.floor((min ?? 1) * 10) / 10), 1]
            : fromZero(0),
        lines: (signals) =>
          quantiles(signals).map((line, index) =>
            index === 0 ? line : { ...line, dash: [5, 4], width: 1.5 },
          ),
      };
    }
    case 'drift':
      return {
        ...common,
        note: `${metric.kind === 'histogram' ? 'stability index' : 'distance'}, last ${formatSpan(drift.windowSeconds)}`,
        range: fromZero(drift.significant),
        lines: (signals) => [
          ...lines()(signals),
          limit('moderate', drift.moderate),
          limit('significant', drift.significant),
        ],
      };
    case 'rate':
      return { ...common, note: `per second, ${WINDOW}`, range: fromZero(1), lines: lines() };
    default:
      return { ...common, note: 'now', range: fromZero(0), lines: lines() };
  }
}

/** A level to compare lines with. */
function limit(label: string, value: number): Line {
  return { label, color: 'muted', value: () => value, dash: [2, 4], width: 1 };
}

/** How a metric's values are written: after the unit at the end of its name, or as a share of what they can be at most. */
export function formatOf({
  name,
  buckets,
  panel,
}: ShownMetric): (value: Figure | undefined) => string {
  if (panel.show === 'share' || panel.show === 'ratio') return formatShare;
  const byUnit = unitFormat(name);
  if (byUnit !== undefined) return byUnit;
  if (buckets === undefined) return formatNumber;
  const edges = 'by' in buckets ? Object.values(buckets.edges).flat() : buckets;
  return edges.every((edge) => edge >= 0 && edge <= 1) ? formatShare : formatNumber;
}
