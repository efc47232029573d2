/** From a parsed body to rows of numbers, or to every reason why not. */
import type { ErrorObject } from 'ajv';
import type { Model } from './model.ts';
import { HttpProblem, type InputError } from './problem.ts';
import {
  validateColumns,
  validateColumnsRow,
  validateInstance,
  validateInstances,
} from './validators.generated.js';

/** Bad rows that a refusal names at the most. */
const MAX_BAD_ROWS = 100;

/** Input errors that a refusal lists at the most: a row can hold any number of unknown fields. */
const MAX_ERRORS = 1000;

/** Longest pointer, in UTF-16 units: names in a body are of any length. */
const MAX_POINTER = 120;

/** Longest detail of an input error, in UTF-16 units: a model may have any number of features to name. */
const MAX_DETAIL = 500;

/**
 * Largest refusal, in bytes of the JSON string that Lambda returns, which can take 6 MB: room for
 * every error there may be, with each unit of it as long as can be, which is seven (`\\u0000`).
 */
export const MAX_REFUSAL_BYTES = 5 * 1024 * 1024;

/**
 * The row of a single prediction: one value a feature, in the model's order.
 *
 * @throws HttpProblem 422, naming every field at fault.
 */
export function instanceRow(body: unknown, { features }: Model): Float64Array {
  if (!validateInstance(body)) throw invalid(inputErrors(validateInstance.errors, ''));
  return Float64Array.from(features, ({ name }) => body[name] ?? Number.NaN);
}

/**
 * The rows of a batch, in either form, row after row.
 *
 * @throws HttpProblem 422, naming every bad row (the first 100).
 */
export function batchRows(body: unknown, model: Model): Float64Array {
  const tabular =
    typeof body === 'object' && body !== null && ('columns' in body || 'data' in body);
  return tabular ? tableRows(body, model) : instanceRows(body, model);
}

function instanceRows(body: unknown, { features }: Model): Float64Array {
  if (!validateInstances(body)) throw invalid(inputErrors(validateInstances.errors, ''));
  const names = features.map(({ name }) => name);
  return readRows(body.instances, names.length, (row, index, rows, offset) => {
    if (!validateInstance(row)) return inputErrors(validateInstance.errors, `/instances/${index}`);
    for (const name of names) rows[offset++] = row[name] ?? Number.NaN;
    return undefined;
  });
}

function tableRows(body: unknown, { features }: Model): Float64Array {
  if (!validateColumns(body)) throw invalid(inputErrors(validateColumns.errors, ''));
  const columns = features.map(({ name, minimum }) => ({
    index: body.columns.indexOf(name),
    minimum: minimum ?? Number.NEGATIVE_INFINITY,
  }));
  return readRows(body.data, columns.length, (row, index, rows, offset) => {
    const pointer = `/data/${index}`;
    if (!validateColumnsRow(row)) return inputErrors(validateColumnsRow.errors, pointer);
    let errors: InputError[] | undefined;
    for (const column of columns) {
      const value = row[column.index] ?? Number.NaN;
      if (value < column.minimum) {
        errors ??= [];
        errors.push({ pointer: `${pointer}/${column.index}`, detail: tooSmall(column.minimum) });
      }
      rows[offset++] = value;
    }
    return errors;
  });
}

/** Reads one row into `rows` from `offset` on, or says what is wrong with it. */
type RowReader = (
  row: unknown,
  index: number,
  rows: Float64Array,
  offset: number,
) => InputError[] | undefined;

function readRows(source: readonly unknown[], width: number, read: RowReader): Float64Array {
  const rows = new Float64Array(source.length * width);
  const errors: InputError[] = [];
  let badRows = 0;
  for (let index = 0; index < source.length && badRows < MAX_BAD_ROWS; index++) {
    const rowErrors = read(source[index], index, rows, index * width);
    if (!rowErrors) continue;
    badRows++;
    errors.push(...rowErrors.slice(0, MAX_ERRORS - errors.length));
  }
  if (badRows > 0) throw invalid(errors);
  return rows;
}

function invalid(errors: readonly InputError[]): HttpProblem {
  const list = errors.slice(0, MAX_ERRORS);
  const first = list[0];
  const what = first ? `${first.pointer || 'The body'} ${first.detail}` : 'The body is not valid';
  const more = list.length > 1 ? `, and ${list.length - 1} more` : '';
  return new HttpProblem('invalid_input', `${what}${more}.`, { errors: list });
}

function inputErrors(
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
        detail:
          params['type'] === 'number' ? 'must be a finite number' : `must be an ${params['type']}`,
      };
    case 'minimum':
      return { pointer, detail: tooSmall(params['limit']) };
    case 'enum':
      return { pointer, detail: `must be one of ${params['allowedValues'].join(', ')}` };
    default:
      return { pointer, detail: message ?? 'is not valid' };
  }
}

function tooSmall(minimum: number): string {
  return minimum === 0 ? 'must not be negative' : `must be ${minimum} or more`;
}

/** A reference token of a JSON pointer (RFC 6901, section 3). */
function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
