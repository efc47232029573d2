/** Latency analysis: what the mean hides, where the slow requests are, where the time goes. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics } from '../../builtInMetrics.ts';
import { MEAN_PANEL } from '../builtInAlerts.ts';
import { milliseconds } from '../objectives.ts';
import {
  COLD,
  heatmapOf,
  mean,
  meanAndTail,
  observations,
  observationsWithin,
  quantile,
  SHOWN,
  share,
  WARM,
} from '../promql.ts';
import type { ServiceDescription } from '../service.ts';
import { dashboard, linkTo, type PlaceablePanel, type Section } from './dashboard.ts';
import { badFrom, graph, HEATMAP_HEIGHT, heatmap, stat, thresholdLine } from './panels.ts';
import { plainQueries } from './plainQueries.ts';

const shown = { window: SHOWN };

/**
 * The dashboard of the latency.
 *
 * @param lines the service's own panels beside those of cold and warm requests
 */
export function latency(service: ServiceDescription, lines: Section['lines'] = []): Dashboard {
  const { thresholds } = service;
  const warm = thresholds.warmLatency.withinSeconds;
  const all = thresholds.latency.withinSeconds;
  return dashboard(service, {
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
            latencyStat(
              'p95',
              quantile(0.95, metrics.latency, shown),
              thresholds.p95Latency.seconds,
            ),
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
              logarithmic: true,
              queries: meanAndTail(metrics.latency),
            })
              .height(HEATMAP_HEIGHT)
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
              title: `Share answered within ${[...new Set([warm, all])].map(milliseconds).join(' or ')}`,
              description:
                `How many requests the latency objectives call good: of warm ones within ${milliseconds(warm)}, ` +
                `of all within ${milliseconds(all)}.`,
              unit: units.PercentUnit,
              queries: {
                warm: share(
                  observationsWithin(metrics.latency, warm, {
                    where: WARM,
                  }),
                  observations(metrics.latency, { where: WARM }),
                ),
                all: share(observationsWithin(metrics.latency, all), observations(metrics.latency)),
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
              logarithmic: true,
              queries: {
                cold: quantile(0.95, metrics.latency, { where: COLD }),
                warm: quantile(0.95, metrics.latency, { where: WARM }),
              },
            }).links([linkTo(service, 'cold-starts', 'Cold starts')]),
            graph({
              title: 'Mean, cold and warm',
              description:
                'The distance of the lines is what an instance costs the client who waits for it.',
              unit: units.Seconds,
              logarithmic: true,
              queries: {
                cold: mean(metrics.latency, { where: COLD }),
                warm: mean(metrics.latency, { where: WARM }),
              },
            }),
          ],
          ...lines,
        ],
      },
      plainQueries,
    ],
  });
}

function latencyStat(title: string, expression: string, limit?: number): PlaceablePanel {
  const panel = stat({
    title,
    description: `${title} latency of the chosen functions' requests, cold starts included.`,
    unit: units.Seconds,
    queries: { [title]: expression },
  });
  return limit === undefined ? panel : panel.thresholds(badFrom(limit));
}
