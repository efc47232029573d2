/** A body: pretty where it is JSON, what a problem says in words, and always as it was sent. */
import { useMemo, useState } from 'preact/hooks';
import type { KeptMessage } from '../../emulator/live/request.ts';
import { formatBytes } from '../format.ts';
import { headerOf, problemOf } from './bodyText.ts';
import { Code } from './code.tsx';
import { prettyJson } from './prettyJson.ts';
import { ProblemText } from './problemText.tsx';

interface Props {
  readonly message: KeptMessage;
  /** Size of the whole body. */
  readonly bytes: number;
}

export function Body({ message, bytes }: Props) {
  const [isRaw, showRaw] = useState(false);
  const { body } = message;
  const lines = useMemo(() => body && !body.isBase64 && prettyJson(body.text), [body]);
  if (body === undefined) {
    return <p class="no-body">{bytes > 0 ? `${formatBytes(bytes)}, not kept.` : 'No body.'}</p>;
  }
  const problem = problemOf(message);
  return (
    <div class="body">
      {problem && <ProblemText {...problem} />}
      <p class="body-note">
        <span>{bodyNote(message, bytes)}</span>
        {lines && (
          <button type="button" aria-pressed={isRaw} onClick={() => showRaw(!isRaw)}>
            Raw
          </button>
        )}
      </p>
      {lines && !isRaw ? <Code lines={lines} /> : <Code text={body.text} />}
    </div>
  );
}

/** What is shown, and how much of it: "The first 16 KiB of 40 KiB, application/json". */
function bodyNote(message: KeptMessage, bytes: number): string {
  const { isWhole = true, isBase64 = false, text = '' } = message.body ?? {};
  const kept = isBase64 ? Math.floor((text.length * 3) / 4) : new TextEncoder().encode(text).length;
  const size = isWhole
    ? formatBytes(bytes)
    : `The first ${formatBytes(kept)} of ${formatBytes(bytes)}`;
  const type = headerOf(message, 'content-type');
  return [size, type, isBase64 && 'not text, here in base64'].filter(Boolean).join(', ');
}
