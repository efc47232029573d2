/** Latency analysis: what the mean hides, where the slow requests are, where the time goes. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics } from '../../lib/metrics.ts';
import { objectives, thresholds } from '../thresholds.ts';
import { dashboard, linkTo, type PlaceablePanel } from './dashboard.ts';
import { badFrom, graph, heatmap, stat, thresholdLine } from './panels.ts';
import { plainQueries } from './plainQueries.ts';
import {
  heatmapOf,
  mean,
  observations,
  observationsWithin,
  quantile,
  SHOWN,
  share,
} from './promql.ts';

const WARM = 'cold_start="false"';
const COLD = 'cold_start="true"';
const shown = { window: SHOWN };

/** Title of the panel that Grafana's alert links to. */
export const MEAN_PANEL = 'Mean, median, p95 and p99';

export const latency = dashboard({
  name: 'latency',
  title: 'Latency analysis',
  description: 'Mean, median and tail; cold against warm; the queries of the tour as they stand.',
  sections: [
    {
      title: 'Over the time range shown',
      lines: [
        [
          latencyStat('Mean', mean(metrics.latency, shown), thresholds.meanLatency.seconds),
          latencyStat('Median', quantile(0.5, metrics.latency, shown)),
          latencyStat('p95', quantile(0.95, metrics.latency, shown), thresholds.p95Latency.seconds),
          latencyStat('p99', quantile(0.99, metrics.latency, shown)),
        ],
      ],
    },
    {
      title: 'Over time',
      lines: [
        [
          graph({
            title: MEAN_PANEL,
            description:
              'The median is what most clients see, p95 and p99 what the unlucky ones see. The mean is ' +
              'pulled up by a few slow requests and describes nobody. The line is where its alert fires.',
            unit: units.Seconds,
            queries: {
              mean: mean(metrics.latency),
              median: quantile(0.5, metrics.latency),
              p95: quantile(0.95, metrics.latency),
              p99: quantile(0.99, metrics.latency),
            },
          })
            .thresholds(badFrom(thresholds.meanLatency.seconds))
            .thresholdsStyle(thresholdLine()),
          heatmap({
            title: 'Where requests fall',
            description:
              'Each column is a step in time, each cell a bucket; the colour is how many requests fell ' +
              'there. Two bands are warm and cold requests.',
            unit: units.Seconds,
            queries: { '{{le}}': heatmapOf(metrics.latency) },
          }),
        ],
        [
          graph({
            title: 'p95 by function',
            description: 'Which function the tail belongs to.',
            unit: units.Seconds,
            queries: { '{{function}}': quantile(0.95, metrics.latency, { by: ['function'] }) },
          }),
          graph({
            title: 'Share answered within …',
            description: 'How many requests the latency objectives call good, warm ones and all.',
            unit: units.PercentUnit,
            queries: {
              [`warm, within ${objectives['warm-latency'].withinSeconds} s`]: share(
                observationsWithin(metrics.latency, objectives['warm-latency'].withinSeconds, {
                  where: WARM,
                }),
                observations(metrics.latency, { where: WARM }),
              ),
              [`all, within ${objectives.latency.withinSeconds} s`]: share(
                observationsWithin(metrics.latency, objectives.latency.withinSeconds),
                observations(metrics.latency),
              ),
            },
          }).max(1),
        ],
      ],
    },
    {
      title: 'Cold against warm',
      lines: [
        [
          graph({
            title: 'p95, cold and warm',
            description: 'The latency of a cold request includes the start of its instance.',
            unit: units.Seconds,
            queries: {
              cold: quantile(0.95, metrics.latency, { where: COLD }),
              warm: quantile(0.95, metrics.latency, { where: WARM }),
            },
          }).links([linkTo('cold-starts', 'Cold starts')]),
          graph({
            title: 'Mean, cold and warm',
            description:
              'The distance of the lines is what an instance costs the client who waits for it.',
            unit: units.Seconds,
            queries: {
              cold: mean(metrics.latency, { where: COLD }),
              warm: mean(metrics.latency, { where: WARM }),
            },
          }),
          graph({
            title: 'Mean request and its inference',
            description:
              'Time in the forest and the out-of-distribution check, beside the whole request: the rest ' +
              'is parsing, checking, answering and, when cold, starting.',
            unit: units.Seconds,
            queries: {
              'whole request, {{function}}': mean(metrics.latency, { by: ['function'] }),
              'inference, {{function}}': mean(metrics.inference, { by: ['function'] }),
            },
          }),
        ],
      ],
    },
    plainQueries,
  ],
});

function latencyStat(title: string, expression: string, limit?: number): PlaceablePanel {
  const panel = stat({
    title,
    description: `${title} latency of the chosen functions' requests, cold starts included.`,
    unit: units.Seconds,
    queries: { [title]: expression },
  });
  return limit === undefined ? panel : panel.thresholds(badFrom(limit));
}
