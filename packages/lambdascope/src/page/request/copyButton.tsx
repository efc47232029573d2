/** Copies a text; where the browser does not allow it, shows it selected. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** How long the button says that it has, in milliseconds. */
const SAID = 2000;

interface Props {
  readonly text: string;
  readonly children: ComponentChildren;
}

export function CopyButton({ text, children }: Props) {
  const [copied, say] = useState<'yes' | 'no'>();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (copied === 'no') field.current?.select();
    if (copied !== 'yes') return;
    const timer = setTimeout(() => say(undefined), SAID);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    // Only a secure origin has a clipboard.
    const isDone = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    say(isDone ? 'yes' : 'no');
  };
  return (
    <>
      <button type="button" onClick={copy}>
        {copied === 'yes' ? 'Copied' : children}
      </button>
      {copied === 'no' && (
        <textarea class="copied" readOnly rows={3} aria-label="To copy" ref={field} value={text} />
      )}
    </>
  );
}
