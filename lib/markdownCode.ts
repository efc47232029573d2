/** A text as code in Markdown: shown as it is, whatever Markdown or HTML is in it. */
export function markdownCode(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  // Longer than any in the text, and apart from one at its ends.
  const fence = runs.reduce(
    (longest, run) => (run.length < longest.length ? longest : `${run}\``),
    '`',
  );
  const space = runs.length > 0 ? ' ' : '';
  return fence + space + text + space + fence;
}
