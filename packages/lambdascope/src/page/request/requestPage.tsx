/** One request: what it waited for, what was asked and answered, and what the function did meanwhile. */
import { useEffect, useRef } from 'preact/hooks';
import type { RequestDetail } from '../../emulator/live/request.ts';
import { hashOf } from '../route.ts';
import { Awaited } from './awaited.tsx';
import { CopyButton } from './copyButton.tsx';
import { Logs } from './logs.tsx';
import { Message } from './message.tsx';
import { RecordedValues } from './recordedValues.tsx';
import { RequestFacts } from './requestFacts.tsx';
import { RequestTitle } from './requestTitle.tsx';
import { SendAgain } from './sendAgain.tsx';
import { useEscape } from './useEscape.ts';
import { useRequest } from './useRequest.ts';
import { Waterfall } from './waterfallTable.tsx';

export function RequestPage({ id }: { readonly id: string }) {
  const asked = useRequest(id);
  useEscape();
  return (
    <article class="request">
      <p class="back">
        <a href={hashOf({ view: 'requests' })}>← Requests</a>
      </p>
      {typeof asked === 'string' ? <Awaited asked={asked} /> : <Request request={asked} />}
    </article>
  );
}

function Request({ request }: { readonly request: RequestDetail }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <>
      <RequestTitle request={request} heading={title} />
      <div class="actions">
        {request.curl !== undefined && <CopyButton text={request.curl}>Copy as curl</CopyButton>}
        <SendAgain request={request} />
      </div>
      <Waterfall request={request} />
      <RequestFacts request={request} />
      <div class="messages">
        <Message
          title="Request"
          message={request.request}
          query={request.query}
          bytes={request.requestBytes}
        />
        {request.response === undefined ? (
          <section class="panel">
            <h3 class="panel-title">Answer</h3>
            <p class="none">The client left before there was one.</p>
          </section>
        ) : (
          <Message title="Answer" message={request.response} bytes={request.responseBytes} />
        )}
      </div>
      <Logs request={request} />
      <RecordedValues recorded={request.recorded} />
    </>
  );
}
