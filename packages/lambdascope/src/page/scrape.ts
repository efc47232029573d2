/** Asks the server for its metrics. */
import { parsePrometheusText, type Sample } from '../prometheusText.ts';

/** How long an answer may take, in milliseconds. */
const PATIENCE = 3000;

/**
 * The samples of now.
 *
 * @throws Error when the server does not answer in time or with anything but metrics.
 */
export async function scrape(): Promise<Sample[]> {
  const response = await fetch('/metrics', {
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
  return parsePrometheusText(await response.text());
}
