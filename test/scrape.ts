/** Reads the emulator's own counts. */

import type { metrics } from 'lambdascope/builtInMetrics';
import { sum } from 'lambdascope/prometheusText';
import type { modelMetrics } from '../lib/modelDefinitions.ts';
import type { Emulator } from './emulator.ts';

type Definitions = typeof metrics & ReturnType<typeof modelMetrics>;

/** Name of a metric, of the kit's or of the model's. */
type MetricName = Definitions[keyof Definitions]['name'];

/** The sum of a metric's samples, with any suffix of a histogram's, whose labels match. */
export async function scrape(
  { metricsUrl }: Emulator,
  name: MetricName | `${MetricName}_${'count' | 'sum' | 'bucket'}`,
  labels = /(?:)/,
): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  return sum(text, name, labels);
}
