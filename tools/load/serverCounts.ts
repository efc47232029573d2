/** What the server itself counted, read from its `/metrics`. */
import { metrics } from '../../lib/metrics.ts';

/** The functions that the generator asks. */
const ASKED = /function="(?:predict|batchPredict)"/;

/** The one whose instances the profile `idle` waits for. */
const PREDICT = /function="predict"/;

/** A sample of the text format: name, labels, value. */
const SAMPLE = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)/i;

/** An answer of `/metrics` later than this is none, in milliseconds. */
const TIMEOUT = 2000;

/** Running totals of the functions that the generator asks. */
export interface ServerCounts {
  readonly requests: number;
  readonly coldStarts: number;
}

/** The totals now; undefined when `/metrics` cannot be read. */
export async function readCounts(metricsUrl: string): Promise<ServerCounts | undefined> {
  const text = await scrape(metricsUrl);
  if (text === undefined) return undefined;
  return {
    requests: sum(text, metrics.requests.name, ASKED),
    coldStarts: sum(text, metrics.coldStarts.name, ASKED),
  };
}

/** Instances of `predict` that are alive; undefined when `/metrics` cannot be read. */
export async function readInstances(metricsUrl: string): Promise<number | undefined> {
  const text = await scrape(metricsUrl);
  return text === undefined ? undefined : sum(text, metrics.instances.name, PREDICT);
}

/** The sum of a metric's samples whose labels match, in the text format of Prometheus. */
export function sum(text: string, name: string, labels: RegExp): number {
  let total = 0;
  for (const line of text.split('\n')) {
    const [, found, withLabels = '', value] = SAMPLE.exec(line) ?? [];
    if (found === name && labels.test(withLabels)) total += Number(value);
  }
  return total;
}

async function scrape(metricsUrl: string): Promise<string | undefined> {
  try {
    const response = await fetch(metricsUrl, { signal: AbortSignal.timeout(TIMEOUT) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
