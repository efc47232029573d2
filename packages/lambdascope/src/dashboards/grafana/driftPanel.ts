/** How far what functions record is from constants, as a panel. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import type { MetricDefinition, MetricPanel } from '../../metrics.ts';
import { driftOver } from '../drift.ts';
import { duration } from '../duration.ts';
import { CHOSEN, CHOSEN_FUNCTIONS } from '../promql.ts';
import type { Thresholds } from '../thresholds.ts';
import { graph, thresholdLine, worseFrom } from './panels.ts';

/**
 * The drift of a metric that shows it, over the interval that is chosen, with a line at each threshold.
 *
 * @param definition of the constants
 */
export function driftPanel(
  definition: MetricDefinition & { readonly panel: MetricPanel },
  drift: Thresholds['drift'],
) {
  const { panel, kind, help, labels: [label] = [] } = definition;
  const { moderate, significant, windowSeconds, minimumRows } = drift;
  const isByLabel = kind === 'histogram';
  const what = isByLabel ? 'Population stability index' : 'Jensen-Shannon distance';
  return graph({
    title: panel.title,
    description:
      `${panel.description ?? help} ${what} by function, from ${minimumRows} rows in the chosen interval on: ` +
      `below ${moderate} no change, above ${significant} a significant one, where an alert fires over ` +
      `${duration(windowSeconds)}.`,
    unit: units.NoUnit,
    queries: {
      [isByLabel ? `{{${label}}}, {{function}}` : '{{function}}']: driftOver(definition, {
        window: CHOSEN,
        minimumRows,
        where: CHOSEN_FUNCTIONS,
      }),
    },
    noValue: 'too few rows',
  })
    .min(0)
    .thresholds(worseFrom(moderate, significant))
    .thresholdsStyle(thresholdLine());
}
