/** Reads a table to train on from a CSV file. */
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { hasControlCharacter, MAX_CLASSES, RESERVED_NAME } from '../lib/names.ts';
import type { Dataset, FeatureColumn } from './dataset.ts';
import { FOLDS } from './folds.ts';

/** Sizes of a number other than 0, so that neither squares of it nor of small differences leave a double's range. */
const LEAST = 1e-100;
const GREATEST = 1e100;

const CONTROL_REMEDY = 'holds a control character, such as a line break or a tab; take it out';

/** The file cannot be trained on. The message names the place and the remedy. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** A record and the line that it ends on. */
interface ReadRecord {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

/**
 * Reads a CSV file with a header line. The target column holds class names, as text; every other
 * column is a feature and holds numbers. A header like `width (cm)` gives name and unit.
 *
 * @throws DatasetError when the table is not of that form
 */
export function readCsv(path: string, target: string): Dataset {
  const [header, ...records] = readRecords(path);
  if (!header) throw new DatasetError(`${path} is empty`);
  const names = header.record;
  const targetIndex = names.indexOf(target);
  if (targetIndex < 0) {
    throw new DatasetError(`${path} has no column "${target}"; it has ${quoted(names)}`);
  }
  const broken = names.findIndex((name) => hasControlCharacter(name));
  if (broken >= 0) {
    throw new DatasetError(`${path}: the name of column ${broken + 1} ${CONTROL_REMEDY}`);
  }
  const columns = names.map(parseHeader);
  const features = columns.filter((_, index) => index !== targetIndex);
  checkNames(path, features);
  const rows = records.map(({ record, info }) =>
    record.flatMap((cell, index) =>
      index === targetIndex ? [] : [parseCell(path, info.lines, names[index], cell)],
    ),
  );
  const targets = records.map(({ record, info }) => {
    const name = record[targetIndex] ?? '';
    if (name === '') throw new DatasetError(`${path}, line ${info.lines}: "${target}" is empty`);
    if (hasControlCharacter(name)) {
      throw new DatasetError(`${path}, line ${info.lines}: "${target}" ${CONTROL_REMEDY}`);
    }
    return name;
  });
  const classes = sortNames([...new Set(targets)]);
  checkClasses(`${path}: column "${target}"`, classes);
  const indexes = new Map(classes.map((name, index) => [name, index]));
  const labels = targets.map((name) => indexes.get(name) as number);
  checkClassSizes(path, classes, labels);
  return {
    name: basename(path, extname(path)),
    source: `${basename(path)}, column ${target}`,
    features,
    classes,
    rows,
    labels,
  };
}

function readRecords(path: string): ReadRecord[] {
  try {
    // With `info` the records come with their place, which the types do not know.
    return parse(readText(path), {
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as ReadRecord[];
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof DatasetError) throw cause;
    const where = cause instanceof CsvError ? `${path}: ` : '';
    throw new DatasetError(`${where}${cause.message}`, { cause });
  }
}

/** The text of a file, without a byte order mark. */
function readText(path: string): string {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DatasetError(
      `${path} is not UTF-8; save it as that (spreadsheets call it "CSV UTF-8"), or convert it: iconv -f LATIN1 -t UTF-8`,
      { cause },
    );
  }
}

/** `width (cm)` is the feature "width" in cm. */
function parseHeader(text: string): FeatureColumn {
  const open = text.lastIndexOf('(');
  const name = text.slice(0, Math.max(0, open)).trimEnd();
  const unit = text.slice(open + 1, -1);
  const hasUnit = name !== '' && unit !== '' && text.indexOf(')', open) === text.length - 1;
  return hasUnit ? { name, unit } : { name: text, unit: '' };
}

function checkClasses(where: string, classes: readonly string[]): void {
  if (classes.length < 2) {
    throw new DatasetError(`${where} needs at least 2 classes, found ${quoted(classes) || 'none'}`);
  }
  if (classes.length > MAX_CLASSES) {
    throw new DatasetError(
      `${where} has ${classes.length} classes, the most is ${MAX_CLASSES}; is it a number to predict?`,
    );
  }
  if (classes.includes(RESERVED_NAME))
    throw new DatasetError(`${where}: "${RESERVED_NAME}" cannot be a class`);
}

function checkClassSizes(
  path: string,
  classes: readonly string[],
  labels: readonly number[],
): void {
  for (const [index, name] of classes.entries()) {
    const size = labels.filter((label) => label === index).length;
    if (size < FOLDS) {
      throw new DatasetError(
        `${path}: class "${name}" has ${size} ${size === 1 ? 'row' : 'rows'}; ${FOLDS}-fold cross-validation needs at least ${FOLDS} of each class`,
      );
    }
  }
}

function checkNames(path: string, features: readonly FeatureColumn[]): void {
  if (features.length === 0) throw new DatasetError(`${path} has no column besides the target`);
  const seen = new Set<string>();
  for (const { name } of features) {
    if (name === '') throw new DatasetError(`${path}: a column has no name`);
    if (name === RESERVED_NAME)
      throw new DatasetError(`${path}: no column can be called "${name}"`);
    if (seen.has(name)) throw new DatasetError(`${path}: two columns are called "${name}"`);
    seen.add(name);
  }
}

function parseCell(path: string, line: number, column: string | undefined, cell: string): number {
  const value = cell === '' ? Number.NaN : Number(cell);
  if (!Number.isFinite(value)) {
    throw new DatasetError(
      `${path}, line ${line}: "${column}" is ${cell === '' ? 'empty' : `"${cell}"`}, not a number`,
    );
  }
  const size = Math.abs(value);
  if (value === 0 || (size >= LEAST && size <= GREATEST)) return value;
  throw new DatasetError(
    `${path}, line ${line}: "${column}" is ${cell}, in size not from ${LEAST} to ${GREATEST}; give it in another unit`,
  );
}

/** Class names in order: of numbers when all are, else by code unit. */
function sortNames(names: readonly string[]): string[] {
  const numeric = names.every((name) => Number.isFinite(Number(name)));
  return names.toSorted((a, b) => (numeric && Number(a) - Number(b)) || (a < b ? -1 : 1));
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
