/** Cuts a stream of bytes into lines, in memory that does not grow with the stream. */

/** A line and where it stood. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end; undefined when the line was too long. */
  readonly text: string | undefined;
}

/**
 * The lines of a UTF-8 text, as many at a time as a chunk ends. A byte order mark is dropped.
 *
 * @param maxLength longest line, in UTF-16 units; of a longer one only its number is kept
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  let tooLong = false;

  function line(text: string): Line {
    number += 1;
    const isTooLong = tooLong || text.length > maxLength;
    tooLong = false;
    return { number, text: isTooLong ? undefined : text.replace(/\r$/, '') };
  }

  for await (const chunk of chunks) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = pieces.pop() ?? '';
    const lines = pieces.map(line);
    if (rest.length > maxLength) {
      rest = '';
      tooLong = true;
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest !== '' || tooLong) yield [line(rest)];
}
