/** Colours, only where they can be seen. */
import { styleText } from 'node:util';

/** What a piece of text means. */
export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours a text for a stream: plain when it is no terminal, or NO_COLOR is set. */
export type Paint = (tone: Tone, text: string) => string;

/** The paint for a stream. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (tone, text) => styleText(tone, text, { stream });
}
