/** JSON in lines of tokens: as it was written, digit by digit, but indented. */

/** What a piece of JSON is. */
export type TokenKind = 'key' | 'string' | 'number' | 'word' | 'mark';

/** A piece of a line. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** A line, with how deep it lies in objects and arrays. */
export interface JsonLine {
  readonly depth: number;
  readonly tokens: readonly Token[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
const INDENT = '  ';

/** Its lines; none where the text is no JSON. */
export function prettyJson(text: string): JsonLine[] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const found = text.match(TOKEN) ?? [];
  const lines: { depth: number; tokens: Token[] }[] = [{ depth: 0, tokens: [] }];
  let depth = 0;
  const add = (kind: TokenKind, text: string) => lines.at(-1)?.tokens.push({ kind, text });
  const breakLine = () => lines.push({ depth, tokens: [] });
  found.forEach((text, index) => {
    const next = found[index + 1];
    if (text === '{' || text === '[') {
      add('mark', text);
      if (next === '}' || next === ']') return;
      depth += 1;
      breakLine();
    } else if (text === '}' || text === ']') {
      const before = found[index - 1];
      if (before !== '{' && before !== '[') {
        depth -= 1;
        breakLine();
      }
      add('mark', text);
    } else if (text === ',') {
      add('mark', text);
      breakLine();
    } else if (text === ':') add('mark', ': ');
    else add(kindOf(text, next), text);
  });
  return lines;
}

/** The same as text. */
export function asText(lines: readonly JsonLine[]): string {
  return lines.map(lineText).join('\n');
}

/** A line as text. */
export function lineText({ depth, tokens }: JsonLine): string {
  return INDENT.repeat(depth) + tokens.map(({ text }) => text).join('');
}

function kindOf(text: string, next: string | undefined): TokenKind {
  if (text.startsWith('"')) return next === ':' ? 'key' : 'string';
  return /^[-\d]/.test(text) ? 'number' : 'word';
}
