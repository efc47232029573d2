/** A text as it is, or JSON with a colour for what each part is. */
import { type JsonLine, lineText } from './prettyJson.ts';

type Props = { readonly text: string } | { readonly lines: readonly JsonLine[] };

export function Code(props: Props) {
  return (
    // It scrolls, so that keyboards must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <pre class="code" tabIndex={0}>
      <code>{'text' in props ? props.text : props.lines.map(Line)}</code>
    </pre>
  );
}

function Line({ depth, tokens }: JsonLine) {
  return (
    <>
      {lineText({ depth, tokens: [] })}
      {tokens.map(({ kind, text }) =>
        kind === 'mark' ? text : <span class={`json-${kind}`}>{text}</span>,
      )}
      {'\n'}
    </>
  );
}
