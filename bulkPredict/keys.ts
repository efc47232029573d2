/** Where bulk input and output lie in a bucket: folders apart, so that output never starts a prediction. */

/** Objects below it are predicted. */
export const INPUT_PREFIX = 'incoming/';

/** Predictions are written below it, by the path that the input has below its own prefix. */
export const OUTPUT_PREFIX = 'predictions/';

/** How the rows of an object are written. */
export type Format = 'csv' | 'ndjson';

const formats: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.jsonl': 'ndjson',
  '.ndjson': 'ndjson',
};

/** Endings of the keys that are predicted. */
export const INPUT_SUFFIXES: readonly string[] = Object.keys(formats);

/** What is made of one object. */
export interface OutputKeys {
  /** A prediction a good row, as NDJSON. */
  readonly predictions: string;
  /** The bad rows and what is wrong with them, as NDJSON. */
  readonly rejected: string;
  /** The counts; written last, so that where it is, all is. */
  readonly manifest: string;
}

/** Format of an input object, by its key; undefined when it is no input. */
export function inputFormat(key: string): Format | undefined {
  if (!key.startsWith(INPUT_PREFIX)) return undefined;
  const suffix = INPUT_SUFFIXES.find((ending) => key.endsWith(ending));
  return suffix === undefined ? undefined : formats[suffix];
}

/** Keys of what is made of an input object. */
export function outputKeys(key: string): OutputKeys {
  const base = OUTPUT_PREFIX + key.slice(INPUT_PREFIX.length);
  return {
    predictions: `${base}.predictions.ndjson`,
    rejected: `${base}.rejected.ndjson`,
    manifest: `${base}.manifest.json`,
  };
}
