/** A Pushgateway, which keeps the metrics as one group. */
import type { MetricsSource } from './metricsServer.ts';
import type { Backend } from './pushLoop.ts';

/** Time that one push may take. */
const PATIENCE = 5000;

export interface PushgatewayOptions {
  /** Base URL. */
  readonly url: string;
  /** Grouping keys; no metric has a label of the same name. */
  readonly job: string;
  readonly instance: string;
  readonly metrics: MetricsSource;
}

/** The Pushgateway at a URL. */
export function pushgateway({ url, job, instance, metrics }: PushgatewayOptions): Backend {
  const group = `${url.replace(/\/$/, '')}/metrics/job/${encodeURIComponent(job)}/instance/${encodeURIComponent(instance)}`;

  async function ask(request: RequestInit): Promise<void> {
    const response = await fetch(group, { ...request, redirect: 'error' });
    if (!response.ok) {
      const detail = (await response.text()).slice(0, 200).trim();
      throw new Error(`answers ${response.status} ${detail}`);
    }
    await response.body?.cancel();
  }

  return {
    title: 'Pushgateway',
    url,
    patience: PATIENCE,
    async read() {
      const body = await metrics.text();
      const headers = { 'content-type': metrics.contentType };
      return (signal) => ask({ method: 'PUT', headers, body, signal });
    },
    remove: (signal) => ask({ method: 'DELETE', signal }),
  };
}
