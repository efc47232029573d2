/** Predicts a stream of lines, in memory that does not grow with it. */
import { infer } from '../lib/inference.ts';
import type { Model } from '../lib/model.ts';
import { prediction } from '../lib/predictions.ts';
import { HttpProblem, type InputError } from '../lib/problem.ts';
import { instanceRow } from '../lib/rows.ts';
import type { Format } from './keys.ts';
import { type Line, readLines } from './lines.ts';
import { BadLine, recordReader } from './records.ts';

/** Rows that are predicted at once. */
const CHUNK_ROWS = 1000;

/** Longest line: a row of a thousand features fits. */
const MAX_LINE_LENGTH = 64 * 1024;

/** What became of the rows. */
export interface RowCounts {
  /** Lines that are not blank; the header of a CSV file is none. */
  readonly rows: number;
  readonly predicted: number;
  readonly rejected: number;
  readonly out_of_distribution: number;
}

/** Takes the results, in the order of the rows; resolves when there is room for more. */
export interface RowSink {
  predictions(ndjson: string): Promise<void>;
  rejected(ndjson: string): Promise<void>;
}

/**
 * Writes one line a row, either a prediction or what is wrong with it, with the number of its line.
 *
 * @param signal ends the work, between two chunks, by throwing its reason
 * @throws UnreadableObject when the format's header is wrong
 */
export async function predictRows(
  bytes: AsyncIterable<Uint8Array>,
  format: Format,
  model: Model,
  sink: RowSink,
  signal: AbortSignal,
): Promise<RowCounts> {
  const width = model.features.length;
  const read = recordReader(
    format,
    model.features.map(({ name }) => name),
  );
  const values = new Float64Array(CHUNK_ROWS * width);
  let lineNumbers: number[] = [];
  let rejectedLines = '';
  let rejectedInChunk = 0;
  const counts = { rows: 0, predicted: 0, rejected: 0, out_of_distribution: 0 };

  function take(line: Line): void {
    if (line.text?.trim() === '') return;
    try {
      if (line.text === undefined)
        throw new BadLine(`is longer than ${MAX_LINE_LENGTH} characters`);
      const record = read(line.text);
      if (record === undefined) return;
      values.set(instanceRow(record, model), lineNumbers.length * width);
      lineNumbers.push(line.number);
    } catch (error) {
      rejectedLines += `${JSON.stringify({ line: line.number, errors: inputErrors(error) })}\n`;
      rejectedInChunk += 1;
    }
  }

  async function flush(): Promise<void> {
    signal.throwIfAborted();
    const rows = values.subarray(0, lineNumbers.length * width);
    const inference = infer(model, rows);
    let predictedLines = '';
    for (const [row, line] of lineNumbers.entries()) {
      const answer = { line, ...prediction(model, rows, inference, row) };
      predictedLines += `${JSON.stringify(answer)}\n`;
    }
    counts.rows += lineNumbers.length + rejectedInChunk;
    counts.predicted += lineNumbers.length;
    counts.rejected += rejectedInChunk;
    counts.out_of_distribution += inference.outOfDistributionCount;
    if (predictedLines) await sink.predictions(predictedLines);
    if (rejectedLines) await sink.rejected(rejectedLines);
    lineNumbers = [];
    rejectedLines = '';
    rejectedInChunk = 0;
  }

  for await (const lines of readLines(bytes, MAX_LINE_LENGTH)) {
    for (const line of lines) {
      take(line);
      if (lineNumbers.length + rejectedInChunk === CHUNK_ROWS) await flush();
    }
  }
  await flush();
  return counts;
}

/** What is wrong with a row; any other error is passed on. */
function inputErrors(error: unknown): readonly InputError[] {
  if (error instanceof HttpProblem && error.errors) return error.errors;
  if (error instanceof BadLine) return [{ pointer: '', detail: error.message }];
  throw error;
}
