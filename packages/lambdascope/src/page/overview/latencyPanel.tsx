/** Latency over time; a click on it opens the request that made a point what it is. */
import { formatSeconds } from '../format.ts';
import { go, hashOf } from '../route.ts';
import { usePage } from '../state.ts';
import type { View } from './chart.ts';
import { requestAt, slowestOf } from './openedRequest.ts';
import { Panel } from './panel.tsx';
import { latency } from './panels.ts';

export function LatencyPanel({ view }: { readonly view: View }) {
  return (
    <Panel
      id="latency"
      isWide
      options={latency}
      view={view}
      target={(chart, left, top) => {
        const id = requestAt(chart, view.frames, left, top);
        return id === undefined ? undefined : () => go({ view: 'request', id });
      }}
    >
      <SlowestLink />
    </Panel>
  );
}

function SlowestLink() {
  const requests = usePage(({ live }) => live?.requests);
  const slowest = slowestOf(requests ?? []);
  if (slowest === undefined) return null;
  const { request, of } = slowest;
  return (
    <p class="slowest">
      <a href={hashOf({ view: 'request', id: request.id })}>Slowest of the {of}</a>{' '}
      {request.function} {formatSeconds(request.seconds)}
    </p>
  );
}
