/** Sends a request again, with another body if that is wanted. */
import { useId, useState } from 'preact/hooks';
import type { RequestDetail } from '../../emulator/live/request.ts';
import { sendAgain } from '../ask.ts';
import { go } from '../route.ts';
import { readable } from './bodyText.ts';

export function SendAgain({ request }: { readonly request: RequestDetail }) {
  const [isOpen, open] = useState(false);
  return (
    <>
      <button type="button" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        Send again …
      </button>
      {isOpen && <Editor request={request} />}
    </>
  );
}

function Editor({ request }: { readonly request: RequestDetail }) {
  const { id, resendNeeds } = request;
  const kept = resendNeeds === 'body' ? '' : readable(request.request.body);
  const [body, edit] = useState(kept);
  const [isSending, setSending] = useState(false);
  const [failure, fail] = useState('');
  const hint = useId();
  const needsBody = resendNeeds === 'body' && body.trim() === '';
  const isDisabled = needsBody || isSending;

  const send = async () => {
    if (isDisabled) return;
    setSending(true);
    try {
      const sent = await sendAgain(id, body === kept ? {} : { body });
      go({ view: 'answers', id, other: sent.id });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
      setSending(false);
    }
  };
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        Body
        <textarea
          rows={Math.min(18, Math.max(4, body.split('\n').length))}
          spellcheck={false}
          aria-describedby={hint}
          value={body}
          onInput={({ currentTarget }) => edit(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void send();
          }}
        />
      </label>
      <p class="reason" id={hint}>
        {hintOf(request, body, kept)}
      </p>
      <div class="actions">
        <button type="submit" class="primary" disabled={isDisabled}>
          {isSending ? 'Sending …' : 'Send'}
        </button>
        <span class="reason">
          <kbd>Ctrl</kbd>+<kbd>Enter</kbd> sends
        </span>
      </div>
      {failure !== '' && <p class="failure">Not sent: {failure}</p>}
    </form>
  );
}

/** What the body in the editor is, or why there must be one. */
function hintOf({ resendNeeds, request }: RequestDetail, body: string, kept: string): string {
  if (body.trim() === '') {
    if (resendNeeds === 'body') {
      return 'Its body was not kept whole: write one, and it can be sent again.';
    }
    return request.body?.isBase64 ? 'Its body is no text, and is sent as it was.' : 'No body.';
  }
  const how = body === kept ? ', sent as it was' : '';
  try {
    JSON.parse(body);
    return `Valid JSON${how}.`;
  } catch (error) {
    return `No JSON${how}: ${(error as Error).message}`;
  }
}
