/** What a body is: JSON, a problem, other text, or bytes. */
import type { KeptBody, KeptMessage } from '../../emulator/live/request.ts';
import { asText, prettyJson } from './prettyJson.ts';

/** Something that is wrong, with its place as a JSON pointer where it has one. */
export interface ProblemError {
  readonly pointer?: string;
  readonly detail: string;
}

/** An error as RFC 9457 has it. */
export interface Problem {
  readonly title?: string;
  readonly status?: string;
  readonly detail?: string;
  readonly errors: readonly ProblemError[];
}

/** The value of a header, in small letters; empty without it. */
export function headerOf({ headers }: KeptMessage, name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1]?.toLowerCase() ?? '';
}

/** A body as people read and edit it: JSON indented, anything else as it is. */
export function readable(body: KeptBody | undefined): string {
  if (body === undefined || body.isBase64) return '';
  const lines = prettyJson(body.text);
  return lines === undefined ? body.text : asText(lines);
}

/** The problem that a message is about; none where it is no problem+json. */
export function problemOf(message: KeptMessage): Problem | undefined {
  if (!headerOf(message, 'content-type').startsWith('application/problem+json')) return undefined;
  const found = parsed(message.body?.text ?? '');
  if (!isObject(found)) return undefined;
  const errors = Array.isArray(found['errors']) ? found['errors'].map(errorOf) : [];
  return { ...texts(found, ['title', 'status', 'detail']), errors };
}

function errorOf(error: unknown): ProblemError {
  if (!isObject(error)) return { detail: String(error) };
  const { pointer, detail, message } = texts(error, ['pointer', 'detail', 'message']);
  return {
    ...(pointer !== undefined && { pointer }),
    detail: detail ?? message ?? JSON.stringify(error),
  };
}

function texts<Name extends string>(
  from: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): { [One in Name]?: string } {
  const found: { [One in Name]?: string } = {};
  for (const name of names) {
    const value = from[name];
    if (typeof value === 'string' || typeof value === 'number') found[name] = String(value);
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
