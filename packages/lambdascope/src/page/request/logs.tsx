/** What the function wrote while it was at a request. */
import type { RequestDetail } from '../../emulator/live/request.ts';
import { Columns } from '../columns.tsx';
import { formatSeconds } from '../format.ts';

export function Logs({ request }: { readonly request: RequestDetail }) {
  const { logs, areLogsCut, instance } = request;
  return (
    <section class="panel" aria-labelledby="logs-title">
      <h3 class="panel-title" id="logs-title">
        Logs
      </h3>
      {logs === undefined && (
        <p class="none">
          {instance === null
            ? 'No function got it.'
            : 'The runner of this function does not tell what it writes.'}
        </p>
      )}
      {logs?.length === 0 && <p class="none">Nothing was written.</p>}
      {logs !== undefined && logs.length > 0 && (
        <table class="logs">
          <thead class="unseen-head">
            <tr>
              <Columns names={['After', 'Stream', 'Text']} />
            </tr>
          </thead>
          <tbody>
            {logs.map(({ startSeconds, stream, text }, index) => (
              <tr key={index} data-stream={stream}>
                <td>+{formatSeconds(startSeconds)}</td>
                <td>{stream}</td>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {areLogsCut && <p class="cut">More was written than is kept.</p>}
    </section>
  );
}
