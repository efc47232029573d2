/** What is wrong with a body, from what its validator found. */
import type { ErrorObject } from 'ajv';
import { HttpProblem, type InputError } from './problem.ts';

/** Input errors that a refusal lists at the most: a row can hold any number of unknown fields. */
export const MAX_ERRORS = 1000;

/** Longest pointer, in UTF-16 units: names in a body are of any length. */
const MAX_POINTER = 120;

/** Longest detail of an input error, in UTF-16 units: a model may have any number of features to name. */
const MAX_DETAIL = 500;

/**
 * Largest refusal, in bytes of the JSON string that Lambda returns, which can take 6 MB: room for
 * every error there may be, with each unit of it as long as can be, which is seven (`\\u0000`).
 */
export const MAX_REFUSAL_BYTES = 5 * 1024 * 1024;

/** The refusal of a body, with what is wrong with it. */
export function invalid(errors: readonly InputError[]): HttpProblem {
  const list = errors.slice(0, MAX_ERRORS);
  const first = list[0];
  const what = first ? `${first.pointer || 'The body'} ${first.detail}` : 'The body is not valid';
  const more = list.length > 1 ? `, and ${list.length - 1} more` : '';
  return new HttpProblem('invalid_input', `${what}${more}.`, { errors: list });
}

/** What a validator found, each as a JSON pointer from `base` on, and what is wrong there. */
export function inputErrors(
  errors: readonly ErrorObject[] | null | undefined,
  base: string,
): InputError[] {
  return (errors ?? []).slice(0, MAX_ERRORS).map((error) => {
    const { pointer, detail } = describe(error, base);
    return { pointer: shortened(pointer, MAX_POINTER), detail: shortened(detail, MAX_DETAIL) };
  });
}

/** A text without what it has above so many UTF-16 units. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not half a character at the end.
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** What a value is to be, by JSON Schema's names, where "a" is not enough. */
const KINDS: Readonly<Record<string, string>> = {
  number: 'a finite number',
  object: 'an object',
  array: 'an array',
  integer: 'an integer',
};

function describe(
  { keyword, instancePath, params, message }: ErrorObject,
  base: string,
): InputError {
  const pointer = base + instancePath;
  switch (keyword) {
    case 'required':
      return {
        pointer: `${pointer}/${escapeToken(params['missingProperty'])}`,
        detail: 'is missing',
      };
    case 'additionalProperties':
      return {
        pointer: `${pointer}/${escapeToken(params['additionalProperty'])}`,
        detail: 'is not a known field',
      };
    case 'type':
      return {
        pointer,
        detail: `must be ${KINDS[params['type']] ?? `a ${params['type']}`}`,
      };
    case 'minimum':
      return { pointer, detail: tooSmall(params['limit']) };
    case 'enum':
      return { pointer, detail: `must be one of ${params['allowedValues'].join(', ')}` };
    default:
      return { pointer, detail: message ?? 'is not valid' };
  }
}

/** What is wrong with a number below its minimum. */
export function tooSmall(minimum: number): string {
  return minimum === 0 ? 'must not be negative' : `must be ${minimum} or more`;
}

/** A reference token of a JSON pointer (RFC 6901, section 3). */
function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
