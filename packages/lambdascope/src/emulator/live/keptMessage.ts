/** What is kept of requests and answers for the live page: never a secret, and of bodies no more than their beginning. */
import { isUtf8 } from 'node:buffer';
import type { KeptBody, KeptField } from './request.ts';

/** Bytes of a body that are kept. */
export const KEPT_BYTES = 16 * 1024;

/** Most bytes of a UTF-16 code unit in UTF-8. */
const CHARACTER_BYTES = 3;

/** Bytes of a character in UTF-8, at most. */
const LONGEST_CHARACTER = 4;

/** What is in the names of headers, parameters and fields whose values are secrets, without dashes and underscores. */
const SECRET_PARTS = [
  'authoriz',
  'authentic',
  'cookie',
  'token',
  'secret',
  'passw',
  'session',
  'signature',
  'credential',
  'apikey',
  'accesskey',
  'subscriptionkey',
  'functionskey',
  'privatekey',
];

/** Words that say the same by themselves. */
const SECRET_WORDS = ['auth', 'sig'];

function soundsSecret(name: string): boolean {
  const words = name.toLowerCase().split(/[-_]/);
  const joined = words.join('');
  return (
    SECRET_PARTS.some((part) => joined.includes(part)) ||
    SECRET_WORDS.some((word) => words.includes(word))
  );
}

/** A name, and whether its value may not be kept. */
interface Name {
  readonly name: string;
  readonly isSecret: boolean;
}

/** Requests have the same few names again and again: all that are kept share each. */
const known = new Map<string, Name>();
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 100;

function nameOf(name: string): Name {
  const found = known.get(name) ?? { name, isSecret: soundsSecret(name) };
  if (known.size < MOST_KNOWN && name.length < LONGEST_KNOWN) known.set(name, found);
  return found;
}

/** Whether a value may not be kept, by its name. */
export function isSecret(name: string): boolean {
  return nameOf(name).isSecret;
}

/** Names and values in turn, as Node has raw headers: one list instead of many, as each lives for a while. */
export type FlatFields = readonly (string | null)[];

/** Headers or parameters in their order, without values that are secrets. */
export function keptFields(namesAndValues: readonly string[]): FlatFields {
  const kept: (string | null)[] = namesAndValues.slice();
  for (let index = 0; index < kept.length; index += 2) {
    const { name, isSecret } = nameOf(kept[index] ?? '');
    kept[index] = name;
    if (isSecret) kept[index + 1] = null;
  }
  return kept;
}

/** Each with its value. */
export function pairsOf(fields: FlatFields): KeptField[] {
  return Array.from({ length: fields.length / 2 }, (_, index) => [
    fields[2 * index] ?? '',
    fields[2 * index + 1] ?? null,
  ]);
}

/** A body, up to what is kept; none of nothing. Bytes that are no text are kept in base64. */
export function keptBody(body: string | Buffer | undefined): KeptBody | undefined {
  if (body === undefined || body.length === 0) return undefined;
  if (typeof body === 'string' && body.length * CHARACTER_BYTES <= KEPT_BYTES) {
    return { text: body, isBase64: false, isWhole: true };
  }
  // A copy, as a part of a text keeps all of it alive.
  const bytes =
    typeof body === 'string'
      ? Buffer.from(body.slice(0, KEPT_BYTES))
      : Buffer.from(body.subarray(0, KEPT_BYTES));
  const isWhole = body.length <= KEPT_BYTES && bytes.length <= KEPT_BYTES;
  const kept = isWhole ? bytes : bytes.subarray(0, endOfText(bytes));
  const isText = isUtf8(kept);
  return { text: kept.toString(isText ? 'utf8' : 'base64'), isBase64: !isText, isWhole };
}

/** The body of an event that is an HTTP request. */
export function keptEventBody(event: unknown): KeptBody | undefined {
  const { body, isBase64Encoded } = event as { body?: unknown; isBase64Encoded?: unknown };
  if (typeof body !== 'string') return undefined;
  if (isBase64Encoded !== true) return keptBody(body);
  const bytes = Buffer.from(body.slice(0, 2 * KEPT_BYTES), 'base64');
  return keptBody(bytes);
}

/** An event or a result that is no HTTP message, as JSON, without fields that are secrets; none of what is no JSON. */
export function keptJson(value: unknown): KeptBody | undefined {
  try {
    return keptBody(
      JSON.stringify(value, (name, field: unknown) => (isSecret(name) ? undefined : field)),
    );
  } catch {
    return undefined;
  }
}

/** Where the last character ends that the kept bytes have all of, if they are text. */
function endOfText(bytes: Buffer): number {
  const end = Math.min(bytes.length, KEPT_BYTES);
  for (let start = end; start > end - LONGEST_CHARACTER; start -= 1) {
    const isUtf8Start = ((bytes[start - 1] ?? 0) & 0xc0) !== 0x80;
    if (isUtf8Start) return isUtf8(bytes.subarray(start - 1, end)) ? end : start - 1;
  }
  return end;
}
