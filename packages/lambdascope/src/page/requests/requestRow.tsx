/** A request in the list. */

import type { RequestSummary } from '../../emulator/live/request.ts';
import { formatBytes, formatInstant, formatSeconds, NOTHING } from '../format.ts';
import { memo } from '../memo.ts';
import { go, hashOf } from '../route.ts';
import { state } from '../state.ts';
import { Cold } from './cold.tsx';
import { Status } from './status.tsx';

/** What the list says of a request. */
export const COLUMNS = [
  'Time',
  'Function',
  'Request',
  'Status',
  'Latency',
  'Start',
  'Instance',
  'Size',
] as const;

interface Props {
  readonly request: RequestSummary;
  readonly index: number;
  readonly rowHeight: number;
  readonly isActive: boolean;
  /** Whether Tab comes to it. */
  readonly isEntry: boolean;
}

export const RequestRow = memo(({ request, index, rowHeight, isActive, isEntry }: Props) => {
  const open = ({ ctrlKey, metaKey, shiftKey }: MouseEvent) => {
    // The link in it opens a tab or window of its own.
    if (ctrlKey || metaKey || shiftKey) return;
    state.set({ active: request.id });
    go({ view: 'request', id: request.id });
  };
  return (
    // Keys are the grid's.
    <tr
      class="request-row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      tabIndex={isEntry ? 0 : -1}
      data-id={request.id}
      style={{ top: `${index * rowHeight}px` }}
      onClick={open}
    >
      <td>{formatInstant(request.time)}</td>
      <td class="request-function">{request.function || NOTHING}</td>
      <td class="request-path">
        <a href={hashOf({ view: 'request', id: request.id })} tabIndex={-1} title={request.path}>
          {request.method} {request.path}
        </a>
      </td>
      <td>
        <Status request={request} />
      </td>
      <td>{formatSeconds(request.seconds)}</td>
      <td>{request.isCold ? <Cold /> : instanceStart(request)}</td>
      <td>{request.instance === null ? NOTHING : `#${request.instance}`}</td>
      <td>
        {formatBytes(request.requestBytes)} → {formatBytes(request.responseBytes)}
      </td>
    </tr>
  );
});

function instanceStart({ instance }: RequestSummary): string {
  return instance === null ? NOTHING : 'warm';
}
