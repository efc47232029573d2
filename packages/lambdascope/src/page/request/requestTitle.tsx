/** What a request was, in a line or two. */
import type { Ref } from 'preact';
import type { RequestDetail } from '../../emulator/live/request.ts';
import { formatInstant, formatSeconds } from '../format.ts';
import { Cold } from '../requests/cold.tsx';
import { Status } from '../requests/status.tsx';
import { reasonWords, statusWords } from './statusWords.ts';

interface Props {
  readonly request: RequestDetail;
  readonly heading?: Ref<HTMLHeadingElement>;
}

export function RequestTitle({ request, heading }: Props) {
  const { method, path, instance, isCold, phases } = request;
  const init = phases.find(({ name }) => name === 'init')?.seconds ?? 0;
  return (
    <header class="request-title">
      <h2 tabIndex={-1} ref={heading ?? null}>
        {method} {path}
      </h2>
      <p>
        <Status request={request} words={statusWords(request)} /> {reasonWords(request)}
      </p>
      <dl class="facts">
        <Fact name="Function" value={request.function || 'none'} />
        <Fact name="Instance" value={instance === null ? 'none' : `#${instance}`} />
        <Fact name="Time" value={formatInstant(request.time)} />
        <Fact name="Latency" value={formatSeconds(request.seconds)} />
        {isCold && (
          <div>
            <dt>
              <Cold />
            </dt>
            <dd>start, init {formatSeconds(init)}</dd>
          </div>
        )}
      </dl>
    </header>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
