/** Two answers side by side: of a request, and of it sent again. */
import type { RequestDetail } from '../../emulator/live/request.ts';
import { formatNoun, formatSeconds } from '../format.ts';
import { Cold } from '../requests/cold.tsx';
import { Status } from '../requests/status.tsx';
import { hashOf } from '../route.ts';
import { Awaited } from './awaited.tsx';
import { readable } from './bodyText.ts';
import { lineDiff } from './lineDiff.ts';
import { reasonWords, statusWords } from './statusWords.ts';
import { useEscape } from './useEscape.ts';
import { type Asked, useRequest } from './useRequest.ts';

interface Props {
  readonly id: string;
  readonly other: string;
}

export function AnswersPage({ id, other }: Props) {
  const before = useRequest(id);
  const after = useRequest(other);
  useEscape();
  const rows = lineDiff(linesOf(before), linesOf(after));
  const changed = rows.filter(({ isSame }) => !isSame).length;
  const areBoth = typeof before !== 'string' && typeof after !== 'string';
  return (
    <article class="answers">
      <p class="back">
        <a href={hashOf({ view: 'requests' })}>← Requests</a>
      </p>
      <h2>
        {areBoth ? `${after.method} ${after.path}, before and again` : 'Two answers side by side'}
      </h2>
      {areBoth && (
        <p class="changed">
          {changed === 0
            ? 'The bodies are the same.'
            : `${formatNoun(changed, 'line')} of the bodies differ${changed === 1 ? 's' : ''}.`}
        </p>
      )}
      <div class="sides">
        <Side title="Before" id={id} asked={before}>
          {rows.map(({ left, isSame }) => ({ text: left, mark: isSame ? ' ' : '−' }))}
        </Side>
        <Side title="Again" id={other} asked={after}>
          {rows.map(({ right, isSame }) => ({ text: right, mark: isSame ? ' ' : '+' }))}
        </Side>
      </div>
    </article>
  );
}

interface SideProps {
  readonly title: string;
  readonly id: string;
  readonly asked: Asked;
  /** The body's lines; no text where only the other side has one. */
  readonly children: readonly { readonly text: string | undefined; readonly mark: string }[];
}

function Side({ title, id, asked, children }: SideProps) {
  return (
    <section class="panel side" aria-label={title}>
      <h3 class="panel-title">
        {title} <a href={hashOf({ view: 'request', id })}>open</a>
      </h3>
      {typeof asked === 'string' ? (
        <Awaited asked={asked} />
      ) : (
        <>
          <p class="side-facts">
            <Status request={asked} words={statusWords(asked)} /> {reasonWords(asked)}
            <strong>{formatSeconds(asked.seconds)}</strong>
            {asked.isCold ? <Cold /> : 'warm'}
          </p>
          {bodyNote(asked) !== '' && <p class="body-note">{bodyNote(asked)}</p>}
          {/* It scrolls, so that keyboards must reach it. */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
          <pre class="code diff" tabIndex={0}>
            {children.map(({ text, mark }, index) => (
              <span class={lineClass(text, mark)} key={index}>
                {text !== undefined && `${mark} ${text}`}
              </span>
            ))}
          </pre>
        </>
      )}
    </section>
  );
}

function lineClass(text: string | undefined, mark: string): string {
  if (text === undefined) return 'line line-none';
  return mark === ' ' ? 'line' : 'line line-changed';
}

function linesOf(asked: Asked): readonly string[] {
  if (typeof asked === 'string') return [];
  const text = readable(asked.response?.body);
  return text === '' ? [] : text.split('\n');
}

/** Why there is no body to see, or not all of it. */
function bodyNote({ response }: RequestDetail): string {
  if (response === undefined) return 'The client left before there was an answer.';
  if (response.body === undefined) return 'No body, or none is kept.';
  if (response.body.isBase64) return 'The body is no text.';
  return response.body.isWhole ? '' : 'Only the beginning of the body is kept.';
}
