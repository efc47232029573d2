/** Cold starts: how many, how long, and the spikes that they cause. */

import {
  AxisPlacement,
  BarAlignment,
  GraphDrawStyle,
  ScaleDistribution,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import { AnnotationQueryBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics, RECENT_SECONDS } from '../../builtInMetrics.ts';
import {
  beginning,
  CHOSEN,
  COLD,
  counted,
  heatmapOf,
  increase,
  level,
  mean,
  observations,
  observed,
  peak,
  quantile,
  rate,
  SHOWN,
  share,
  WARM,
} from '../promql.ts';
import type { ServiceDescription } from '../service.ts';
import type { Thresholds } from '../thresholds.ts';
import { dashboard } from './dashboard.ts';
import { datasource } from './datasource.ts';
import {
  badFrom,
  graph,
  HEATMAP_HEIGHT,
  heatmap,
  stackedGraph,
  stat,
  thresholdLine,
} from './panels.ts';

const shown = { window: SHOWN };
const SPIKE = 'Slowest requests, and cold starts';
const SLOWEST_COLD = 'cold, slowest';
const COLD_STARTS = 'cold starts';
const SPIKE_HEIGHT = 11;

const begun = new AnnotationQueryBuilder()
  .name('Cold starts')
  .datasource(datasource)
  .enable(true)
  .iconColor('orange')
  .target(
    new DataqueryBuilder()
      .refId('Anno')
      .datasource(datasource)
      // Grafana makes a region of marks at one step after the other.
      .expr(beginning(counted(metrics.coldStarts, { by: ['function'] })))
      // No step is shorter than a scrape.
      .interval('5s'),
  )
  .titleFormat('Cold start')
  .textFormat('{{function}}')
  .tagKeys('function');

/** The dashboard of cold starts. */
export function coldStarts(service: ServiceDescription): Dashboard {
  const { coldStartShare } = service.thresholds;
  return dashboard(service, {
    name: 'cold-starts',
    title: 'Cold starts',
    description:
      'How often a client waits for a new instance, for how long, and how far that stands out.',
    marks: [{ panel: SPIKE, annotation: begun }],
    sections: [
      {
        title: 'Over the time range shown',
        lines: [
          [
            stat({
              title: 'Cold starts',
              description: 'Requests that had to wait for a new instance.',
              unit: units.Short,
              queries: { 'Cold starts': increase(metrics.coldStarts) },
            }).decimals(0),
            stat({
              title: 'Share of requests',
              description: 'A steady service stays far below one in a hundred; much more is churn.',
              unit: units.PercentUnit,
              queries: {
                Share: share(rate(metrics.coldStarts, shown), observations(metrics.latency, shown)),
              },
            })
              .decimals(2)
              .thresholds(badFrom(coldStartShare.ratio)),
            stat({
              title: 'Init time, median',
              description: 'From the start of an instance to the end of loading its code.',
              unit: units.Seconds,
              queries: { median: quantile(0.5, metrics.initDuration, shown) },
              noValue: 'none',
            }),
            stat({
              title: 'Init time, p95',
              description: 'The slow starts: several at a time share the processor.',
              unit: units.Seconds,
              queries: { p95: quantile(0.95, metrics.initDuration, shown) },
              noValue: 'none',
            }),
            stat({
              title: 'A cold start adds',
              description:
                'What a client waits longer for a cold request than for a warm one, on average.',
              unit: units.Seconds,
              queries: {
                added: `${mean(metrics.latency, { ...shown, where: COLD })} - ${mean(metrics.latency, { ...shown, where: WARM })}`,
              },
              noValue: 'none',
            }),
            stat({
              title: 'Instances now',
              description:
                'Alive, busy or idle. Idle ones end after a while, and the next request is cold.',
              unit: units.Short,
              queries: { Instances: level(metrics.instances) },
            }),
          ],
        ],
      },
      {
        title: 'The spike',
        lines: [
          [
            spike(
              graph({
                title: SPIKE,
                description:
                  `The slowest cold and the slowest warm request of the last ${RECENT_SECONDS} s, on a ` +
                  'logarithmic axis: however many requests there were, none of these is averaged away. ' +
                  'Bars count cold starts, each once (right axis); a dashed line is where some began. ' +
                  'Where only the points are high, the spike is cold starts and nothing else; where ' +
                  'the line of warm requests rises too, the service itself is slow.',
                unit: units.Seconds,
                logarithmic: true,
                queries: {
                  // First, so that the lines are drawn over the bars.
                  [COLD_STARTS]: counted(metrics.coldStarts),
                  [SLOWEST_COLD]: peak(metrics.slowest, COLD),
                  'warm, slowest': peak(metrics.slowest, WARM),
                },
              }),
            ),
          ],
        ],
      },
      {
        title: 'When and where',
        lines: [
          [
            stackedGraph({
              title: 'Cold starts by function',
              description:
                'New instances that a request waited for, each counted once: bursts, and returns after ' +
                'an idle time.',
              unit: units.Short,
              queries: { '{{function}}': counted(metrics.coldStarts, { by: ['function'] }) },
              legend: 'below',
            })
              .drawStyle(GraphDrawStyle.Bars)
              .barAlignment(BarAlignment.Before)
              .decimals(0),
            stackedGraph({
              title: 'Instances started, by type',
              description:
                'on-demand: as no other was free; provisioned-concurrency: before any request, so that ' +
                'none waits. Each is counted once, when it has loaded.',
              unit: units.Short,
              queries: {
                '{{initialization_type}}': counted(metrics.inits, { by: ['initialization_type'] }),
              },
              legend: 'below',
            })
              .drawStyle(GraphDrawStyle.Bars)
              .barAlignment(BarAlignment.Before)
              .decimals(0),
            graph({
              title: 'Share of requests that were cold',
              description:
                `Only where there were ${coldStartShare.minimumRequests} requests in the ` +
                'interval: of one request, all are cold or none. The dashed line is where the alert fires.',
              unit: units.PercentUnit,
              queries: {
                'of all requests': coldShare(coldStartShare),
                '{{function}}': coldShare(coldStartShare, ['function']),
              },
              noValue: 'too few requests',
              legend: 'below',
            })
              .min(0)
              .thresholds(badFrom(coldStartShare.ratio))
              .thresholdsStyle(thresholdLine()),
          ],
          [
            graph({
              title: 'Instances by function',
              description: 'Steps up are cold starts, steps down are idle instances that ended.',
              unit: units.Short,
              queries: { '{{function}}': level(metrics.instances, ['function']) },
              legend: 'below',
            }).height(HEATMAP_HEIGHT),
            graph({
              title: 'Mean init time by function',
              description: 'A larger bundle loads longer.',
              unit: units.Seconds,
              queries: { '{{function}}': mean(metrics.initDuration, { by: ['function'] }) },
              noValue: 'no cold start',
              legend: 'below',
            }).height(HEATMAP_HEIGHT),
            graph({
              title: 'Instances starting at once',
              description:
                'On average over cold starts. Those that start at once compete for the cores of this machine, ' +
                'but not in AWS.',
              unit: units.Short,
              queries: { '{{function}}': mean(metrics.initConcurrency, { by: ['function'] }) },
              noValue: 'no cold start',
              legend: 'below',
            }).height(HEATMAP_HEIGHT),
            heatmap({
              title: 'Init times',
              description: 'How long each start took: one cell per bucket and step.',
              unit: units.Seconds,
              queries: { '{{le}}': heatmapOf(metrics.initDuration) },
              noValue: 'no cold start',
            }),
          ],
        ],
      },
    ],
  });
}

/** Lines of latency, with slow cold requests as points, over bars that count. */
function spike(panel: GraphBuilder): GraphBuilder {
  return panel
    .height(SPIKE_HEIGHT)
    .overrideByName(SLOWEST_COLD, [
      // By itself between two gaps, a point makes no line.
      { id: 'custom.showPoints', value: VisibilityMode.Always },
      { id: 'custom.pointSize', value: 9 },
    ])
    .overrideByName(COLD_STARTS, [
      { id: 'custom.drawStyle', value: GraphDrawStyle.Bars },
      { id: 'custom.barAlignment', value: BarAlignment.Before },
      { id: 'custom.fillOpacity', value: 40 },
      { id: 'custom.lineWidth', value: 0 },
      { id: 'custom.axisPlacement', value: AxisPlacement.Right },
      { id: 'custom.scaleDistribution', value: { type: ScaleDistribution.Linear } },
      { id: 'unit', value: units.Short },
      { id: 'decimals', value: 0 },
      { id: 'min', value: 0 },
    ]);
}

/** Part of the requests in the interval that were cold, once there are enough to speak of a share. */
function coldShare(
  { minimumRequests }: Thresholds['coldStartShare'],
  by: readonly string[] = [],
): string {
  const selection = { by, window: CHOSEN };
  const requests = observed(metrics.latency, selection);
  return `${increase(metrics.coldStarts, selection)} / (${requests} >= ${minimumRequests})`;
}
