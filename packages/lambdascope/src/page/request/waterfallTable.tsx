/** What a request waited for: a bar for each phase, and for the parts of its function's. */
import type { ComponentChildren } from 'preact';
import type { RequestDetail } from '../../emulator/live/request.ts';
import { Columns } from '../columns.tsx';
import { formatSeconds, formatShare } from '../format.ts';
import { InitCauses } from './initCauses.tsx';
import { type Bar, bars } from './waterfall.ts';

export function Waterfall({ request }: { readonly request: RequestDetail }) {
  const { seconds } = request;
  return (
    <section class="panel" aria-labelledby="waterfall-title">
      <h3 class="panel-title" id="waterfall-title">
        What it waited for
      </h3>
      <table class="waterfall">
        <thead class="unseen-head">
          <tr>
            <Columns names={['Phase', 'When', 'Time', 'Share']} />
          </tr>
        </thead>
        <tbody>
          {bars(request).map((bar, index) => (
            <WaterfallRow
              // Nothing of a request that is over changes its place.
              key={index}
              bar={bar}
              whole={seconds}
            >
              {bar.kind === 'init' && <InitCauses request={request} />}
            </WaterfallRow>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">total</th>
            <td />
            <td>{formatSeconds(seconds)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

interface RowProps {
  readonly bar: Bar;
  /** Of the request, in seconds. */
  readonly whole: number;
  readonly children: ComponentChildren;
}

function WaterfallRow({ bar, whole, children }: RowProps) {
  const { name, kind, depth, description, startSeconds, seconds } = bar;
  const percent = (part: number) => `${whole > 0 ? Math.min(100, (100 * part) / whole) : 0}%`;
  return (
    <tr class={depth === 0 ? 'phase' : 'part'} data-kind={kind}>
      <th scope="row" style={{ '--depth': depth }}>
        {name}
        {depth > 0 && kind !== 'handler' && <span class="part-kind"> {kind}</span>}
        {description && <span class="description">{description}</span>}
        {children}
      </th>
      <td class="track">
        <div
          class={`bar bar-${kind}`}
          style={{ left: percent(startSeconds), width: percent(seconds) }}
        />
      </td>
      <td class="phase-time">{formatSeconds(seconds)}</td>
      <td class="phase-share">{formatShare(whole > 0 ? seconds / whole : null)}</td>
    </tr>
  );
}
