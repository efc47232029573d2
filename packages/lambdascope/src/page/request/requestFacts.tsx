/** What was counted and billed of a request, and how to find it elsewhere. */
import type { RequestDetail } from '../../emulator/live/request.ts';
import { formatBytes, formatSeconds, formatShare } from '../format.ts';
import { CopyButton } from './copyButton.tsx';

export function RequestFacts({ request }: { readonly request: RequestDetail }) {
  const { countedSeconds, billedSeconds, maxMemoryUsedBytes: used, memorySizeBytes } = request;
  return (
    <section class="panel" aria-labelledby="facts-title">
      <h3 class="panel-title" id="facts-title">
        Details
      </h3>
      <dl class="properties">
        {countedSeconds !== undefined && (
          <div>
            <dt title="What api_request_latency_seconds has of it.">Latency metric</dt>
            <dd>{formatSeconds(countedSeconds)}</dd>
          </div>
        )}
        {billedSeconds !== undefined && (
          <div>
            <dt title="What Lambda would bill, init included.">Billed duration</dt>
            <dd>{formatSeconds(billedSeconds)}</dd>
          </div>
        )}
        {memorySizeBytes !== undefined && (
          <div>
            <dt>Memory</dt>
            <dd>
              {used === undefined
                ? `${formatBytes(memorySizeBytes)}, its use is not known`
                : `${formatBytes(used)} of ${formatBytes(memorySizeBytes)} (${formatShare(used / memorySizeBytes)})`}
            </dd>
          </div>
        )}
        <div>
          <dt>Route</dt>
          <dd>{request.route}</dd>
        </div>
        <div class="property-wide">
          <dt>Request id</dt>
          <dd>
            <code>{request.id}</code> <CopyButton text={request.id}>Copy</CopyButton>
          </dd>
        </div>
        {request.traceId !== undefined && (
          <div class="property-wide">
            <dt>Trace id</dt>
            <dd>
              <code>{request.traceId}</code>{' '}
              <CopyButton text={request.traceId}>Copy trace id</CopyButton>
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
