/** From a parsed body to rows of numbers, or to every reason why not. */
import { inputErrors, invalid, MAX_ERRORS, tooSmall } from './inputErrors.ts';
import type { Model } from './model.ts';
import type { InputError } from './problem.ts';
import {
  validateColumns,
  validateColumnsRow,
  validateInstance,
  validateInstances,
} from './validators.generated.js';

/** Bad rows that a refusal names at the most. */
const MAX_BAD_ROWS = 100;

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
