/** Reads one line of a bulk input as the record that validation expects. */
import { parse } from 'csv-parse/sync';
import type { Format } from './keys.ts';

/** A number as CSV files write it; other texts go to validation as they are, which refuses them by name. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A line that is no record. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}

/** An object that cannot be read at all. */
export class UnreadableObject extends Error {
  override readonly name = 'UnreadableObject';
}

/**
 * Reads a line; undefined for the header, which holds no record.
 *
 * @throws BadLine when the line is broken
 * @throws UnreadableObject when no line can be read
 */
export type RecordReader = (line: string) => unknown;

/** A reader of an object's lines, to be called for each in turn. */
export function recordReader(format: Format, featureNames: readonly string[]): RecordReader {
  return format === 'csv' ? csvReader(featureNames) : readJson;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new BadLine('is not valid JSON', { cause });
  }
}

/**
 * CSV with a header, by RFC 4180 but for line breaks inside quotes: a record is a line, so that a
 * stray quote spoils one row and not the rest of the file. Columns that the model does not know,
 * such as an id or a label, are passed over.
 */
function csvReader(featureNames: readonly string[]): RecordReader {
  let width = 0;
  let columns: readonly Column[] | undefined;
  return (line) => {
    const fields = splitCsv(line);
    if (!columns) {
      columns = findColumns(fields, featureNames);
      width = fields.length;
      return undefined;
    }
    if (fields.length !== width) {
      throw new BadLine(`has ${fields.length} fields, the header has ${width}`);
    }
    const record: Record<string, number | string> = {};
    for (const { name, index } of columns) {
      const text = (fields[index] ?? '').trim();
      record[name] = NUMBER.test(text) ? Number(text) : text;
    }
    return record;
  };
}

interface Column {
  readonly name: string;
  readonly index: number;
}

function findColumns(header: readonly string[], featureNames: readonly string[]): Column[] {
  const names = header.map((name) => name.trim());
  return featureNames.map((name) => {
    const index = names.indexOf(name);
    if (index === -1) throw new UnreadableObject(`the header lacks the column ${name}`);
    if (names.indexOf(name, index + 1) !== -1) {
      throw new UnreadableObject(`the header has the column ${name} twice`);
    }
    return { name, index };
  });
}

function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  try {
    const [fields = []] = parse(line, { relaxColumnCount: true });
    return fields;
  } catch (cause) {
    throw new BadLine('has a stray quote', { cause });
  }
}
