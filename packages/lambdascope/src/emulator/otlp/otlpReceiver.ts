/** A receiver of OTLP over HTTP, such as Prometheus 3 or an OpenTelemetry Collector. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { Backend } from '../pushLoop.ts';
import { type ResourceFamilies, resourceMetrics } from './resourceMetrics.ts';

/** What the exporter gives back: no more of it is exported by name. */
type ExportResult = Parameters<Parameters<OTLPMetricExporter['export']>[1]>[0];

/** Success, in OpenTelemetry's words. */
const SUCCESS = 0;

/**
 * The receiver at a URL. How it is asked, the exporter finds in the variables `OTEL_EXPORTER_OTLP_…`: headers,
 * timeout, compression, certificates.
 *
 * @param read the metrics of each resource
 */
export function otlpReceiver(
  url: string,
  read: () => Promise<readonly ResourceFamilies[]>,
): Backend {
  const exporter = new OTLPMetricExporter({ url });

  /** Sends what one resource has; the time is that of sending, also of a state that is older. */
  function send(resource: ResourceFamilies): Promise<void> {
    return new Promise((resolve, reject) => {
      exporter.export(resourceMetrics(resource, Date.now()), (result) => {
        if (result.code === SUCCESS) resolve();
        else reject(failureOf(result));
      });
    });
  }

  return {
    title: 'OTLP receiver',
    url,
    async read() {
      const resources = await read();
      return (signal) => unlessAborted(signal, Promise.all(resources.map(send)));
    },
  };
}

/** Waits no longer than a signal lets it: the exporter itself cannot be stopped. */
async function unlessAborted(signal: AbortSignal, exported: Promise<unknown>): Promise<void> {
  // A signal that never aborts would keep its listeners.
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
  });
  await Promise.race([aborted, exported]).finally(() => over.abort());
}

/** What the exporter says, as the push loop wants it. */
function failureOf({ error }: ExportResult): Error {
  if (error === undefined) return new Error('takes nothing');
  const { code, data } = error as { code?: unknown; data?: unknown };
  // Of an answer its status, of a connection the name of what went wrong.
  if (typeof code !== 'number') return new Error(error.message, { cause: error });
  // Some answer in protobuf, whose texts can be read all the same.
  const detail = String(data ?? '').replace(/[^\x20-\x7e]+/g, ' ');
  return new Error(`answers ${code} ${detail.slice(0, 200).trim()}`);
}
