/** The five queries of the tour, unaltered: no variable, no filter, one line per series. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics } from '../../builtInMetrics.ts';
import type { Section } from './dashboard.ts';
import { dashed, graph, withoutNaN } from './panels.ts';

const requests = metrics.requests.name;
const latency = metrics.latency.name;
const SERIES = '{{function}} {{route}} cold={{cold_start}}';

/** A section that shows each query beside what it is good for. */
export const plainQueries: Section = {
  title: 'The queries of the tour, as they stand',
  lines: [
    [
      graph({
        title: 'Raw counter',
        description:
          'Requests since the emulator started. It only rises and says nothing of now: look at its rate.',
        unit: units.Short,
        logarithmic: true,
        queries: { '{{function}} {{method}} {{status}}': requests },
        // Of zero there is no logarithm.
      }).min(1),
      graph({
        title: 'Rate of the counter',
        description:
          'Requests per second over the last minute: traffic, but neither speed nor success.',
        unit: units.RequestsPerSecond,
        queries: { '{{function}} {{method}} {{status}}': `rate(${requests}[1m])` },
      }),
    ],
    [
      ofEachSeries({
        title: 'p95 of each series',
        description: 'Gaps are minutes without a request; spikes are cold starts.',
        query: `histogram_quantile(0.95, rate(${latency}_bucket[1m]))`,
      }),
      ofEachSeries({
        title: 'Median of each series',
        description: 'Half of the requests were faster. A single slow request does not move it.',
        query: `histogram_quantile(0.50, rate(${latency}_bucket[1m]))`,
      }),
    ],
    [
      ofEachSeries({
        title: 'Mean of each series',
        description:
          'Time spent over requests answered. A single slow request among few does move it.',
        query: `rate(${latency}_sum[1m]) / rate(${latency}_count[1m])`,
      }),
    ],
  ],
};

function ofEachSeries({
  title,
  description,
  query,
}: Record<'title' | 'description' | 'query', string>) {
  const queries = { [SERIES]: query };
  const panel = graph({ title, description, unit: units.Seconds, logarithmic: true, queries });
  return withoutNaN(dashed(panel, /cold=true/));
}
