/** The five queries of the tour, unaltered: no variable, no filter, one line per series. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics } from '../../lib/metrics.ts';
import type { Section } from './dashboard.ts';
import { graph } from './panels.ts';

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
        queries: { '{{function}} {{method}} {{status}}': requests },
      }),
      graph({
        title: 'Rate of the counter',
        description:
          'Requests per second over the last minute: traffic, but neither speed nor success.',
        unit: units.RequestsPerSecond,
        queries: { '{{function}} {{method}} {{status}}': `rate(${requests}[1m])` },
      }),
    ],
    [
      graph({
        title: 'p95 of each series',
        description: 'Gaps are minutes without a request; spikes are cold starts.',
        unit: units.Seconds,
        queries: { [SERIES]: `histogram_quantile(0.95, rate(${latency}_bucket[1m]))` },
      }),
      graph({
        title: 'Median of each series',
        description: 'Half of the requests were faster. A single slow request does not move it.',
        unit: units.Seconds,
        queries: { [SERIES]: `histogram_quantile(0.50, rate(${latency}_bucket[1m]))` },
      }),
      graph({
        title: 'Mean of each series',
        description:
          'Time spent over requests answered. A single slow request among few does move it.',
        unit: units.Seconds,
        queries: { [SERIES]: `rate(${latency}_sum[1m]) / rate(${latency}_count[1m])` },
      }),
    ],
  ],
};
