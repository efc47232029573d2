import { describe, expect, it } from 'vitest';
import { asText, prettyJson } from './prettyJson.ts';

const text = (json: string) => asText(prettyJson(json) ?? []);

describe('pretty JSON', () => {
  it.each([
    [{ a: 1, b: [true, null, 'x'], c: { d: {} }, e: [], f: [[]] }],
    [[]],
    ['text'],
    [{ 'a"b\\': 'c,d: {e}\n[f]' }],
    [[{ a: [] }, { b: {} }]],
  ])('of %j is what JSON.stringify makes', (value) => {
    expect(text(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    expect(text(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2));
  });

  it('leaves numbers as they were written', () => {
    expect(text('[1e400,12345678901234567890,1.50]')).toBe(
      '[\n  1e400,\n  12345678901234567890,\n  1.50\n]',
    );
  });

  it('tells keys from strings, numbers and words', () => {
    const tokens = prettyJson('{"a":["b",-1,null]}')?.flatMap((line) => line.tokens) ?? [];
    const kinds = tokens.filter(({ kind }) => kind !== 'mark').map(({ kind }) => kind);
    expect(kinds).toEqual(['key', 'string', 'number', 'word']);
  });

  it.each(['', '{', '{"a":}', 'a', '<b>'])('is none of %j', (no) => {
    expect(prettyJson(no)).toBe(undefined);
  });
});
