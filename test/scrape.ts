/** Reads the emulator's own counts. */

import { sum } from 'lambdascope/prometheusText';
import type { metrics } from '../lib/metrics.ts';
import type { Emulator } from './emulator.ts';

/** Name of a metric of the table. */
type MetricName = (typeof metrics)[keyof typeof metrics]['name'];

/** The sum of a metric's samples, with any suffix of a histogram's, whose labels match. */
export async function scrape(
  { metricsUrl }: Emulator,
  name: MetricName | `${MetricName}_${'count' | 'sum' | 'bucket'}`,
  labels = /(?:)/,
): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  return sum(text, name, labels);
}
