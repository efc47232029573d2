/** Asks the server: for its metrics, and for what to show of them. */
import type { LiveService } from '../emulator/livePage.ts';
import { parsePrometheusText, type Sample } from '../prometheusText.ts';

/** How long an answer may take, in milliseconds. */
const PATIENCE = 3000;

/**
 * The samples of now.
 *
 * @throws Error when the server does not answer in time or with anything but metrics.
 */
export async function askMetrics(): Promise<Sample[]> {
  return parsePrometheusText(await (await ask('/metrics')).text());
}

/**
 * What to show.
 *
 * @throws Error when the server does not answer in time.
 */
export async function askService(): Promise<LiveService> {
  return (await ask('/service')).json();
}

async function ask(path: string): Promise<Response> {
  const response = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
}
