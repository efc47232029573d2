/** Cold starts: how many, how long, and the spikes that they cause. */

import { GraphDrawStyle } from '@grafana/grafana-foundation-sdk/common';
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics } from '../../lib/metrics.ts';
import { thresholds } from '../thresholds.ts';
import { dashboard } from './dashboard.ts';
import { datasource } from './datasource.ts';
import { badFrom, graph, heatmap, stackedGraph, stat, thresholdLine } from './panels.ts';
import {
  counted,
  heatmapOf,
  increase,
  level,
  mean,
  observations,
  quantile,
  rate,
  SHOWN,
  share,
} from './promql.ts';

const WARM = 'cold_start="false"';
const COLD = 'cold_start="true"';
const shown = { window: SHOWN };

const started = new AnnotationQueryBuilder()
  .name('Cold starts')
  .datasource(datasource)
  .enable(true)
  .iconColor('light-blue')
  .target(
    new DataqueryBuilder()
      .refId('Anno')
      .datasource(datasource)
      .expr(`${counted(metrics.coldStarts, { by: ['function'] })} > 0`)
      // No step is shorter than a scrape.
      .interval('5s'),
  )
  .titleFormat('Cold start')
  .textFormat('{{function}}')
  .tagKeys('function');

export const coldStarts = dashboard({
  name: 'cold-starts',
  title: 'Cold starts',
  description:
    'How often a client waits for a new instance, for how long, and what it does to p95.',
  annotations: [started],
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
            .thresholds(badFrom(thresholds.coldStartShare.ratio)),
          stat({
            title: 'Init time, median',
            description: 'From the start of an instance to the end of loading its code and model.',
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
            title: 'Price of a cold start',
            description: 'How many times as long as a warm request a cold one takes, on average.',
            unit: 'suffix: ×',
            queries: {
              times: share(
                mean(metrics.latency, { ...shown, where: COLD }),
                `(${mean(metrics.latency, { ...shown, where: WARM })})`,
              ),
            },
            noValue: 'none',
          }).decimals(0),
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
          graph({
            title: 'p95 of all requests and of warm ones',
            description:
              'Blue marks are cold starts. Where the two lines part, the spike is cold starts and ' +
              'nothing else; where both rise, the service itself is slow. A spike lasts one interval: ' +
              'that is how long the rate remembers the slow request.',
            unit: units.Seconds,
            queries: {
              'all requests': quantile(0.95, metrics.latency),
              'warm requests': quantile(0.95, metrics.latency, { where: WARM }),
            },
          }),
        ],
      ],
    },
    {
      title: 'When and where',
      lines: [
        [
          stackedGraph({
            title: 'Cold starts by function',
            description: 'New instances per minute: bursts, and returns after an idle time.',
            unit: units.OpsPerMinute,
            queries: { '{{function}}': `60 * ${rate(metrics.coldStarts, { by: ['function'] })}` },
          }).drawStyle(GraphDrawStyle.Bars),
          graph({
            title: 'Share of requests that were cold',
            description:
              'The line is where the alert fires when there are enough requests to tell.',
            unit: units.PercentUnit,
            queries: {
              '{{function}}': share(
                rate(metrics.coldStarts, { by: ['function'] }),
                observations(metrics.latency, { by: ['function'] }),
              ),
            },
          })
            .min(0)
            .thresholds(badFrom(thresholds.coldStartShare.ratio))
            .thresholdsStyle(thresholdLine()),
        ],
        [
          graph({
            title: 'Instances by function',
            description: 'Steps up are cold starts, steps down are idle instances that ended.',
            unit: units.Short,
            queries: {
              '{{function}}': level(metrics.instances, ['function']),
            },
          }),
          graph({
            title: 'Mean init time by function',
            description: 'A larger bundle or model loads longer.',
            unit: units.Seconds,
            queries: { '{{function}}': mean(metrics.initDuration, { by: ['function'] }) },
            noValue: 'no cold start',
          }),
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
