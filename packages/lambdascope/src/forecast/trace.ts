/** Traffic that was recorded, from CSV files; read as a stream, however long they are. */
import { closeSync, openSync, readSync } from 'node:fs';
import { minutely, type Traffic } from './arrivals.ts';

const CHUNK = 2 ** 16;
const MINUTES = 1440;
/** Columns before the first minute in the Azure Functions data set of 2019. */
const AZURE_HEADER = /^HashOwner,HashApp,HashFunction,Trigger,1,2,/;
const AZURE_COLUMNS = 4;

/** A trace cannot be read. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly code = 'trace';
}

/**
 * The traffic in a file, which is one of two:
 * - arrivals in seconds, ascending, with how long each took in milliseconds, or without;
 * - invocations in each minute of a day, as in the Azure Functions data set of 2019 (Shahrad and others,
 *   "Serverless in the Wild", USENIX ATC 2020); all rows together, or those of one function.
 *
 * @param hash the beginning of the function's name in the data set
 * @throws TraceError naming the line
 */
export function readTrace(file: string, hash = ''): Traffic {
  const [header = ''] = lines(file);
  return AZURE_HEADER.test(header) ? readMinutes(file, hash) : readArrivals(file);
}

function readMinutes(file: string, hash: string): Traffic {
  const counts = new Array<number>(MINUTES).fill(0);
  let rows = 0;
  let number = 0;
  for (const line of lines(file)) {
    number += 1;
    if (number === 1) continue;
    const columns = line.split(',');
    if (!columns[2]?.startsWith(hash)) continue;
    if (columns.length !== AZURE_COLUMNS + MINUTES) {
      throw new TraceError(`${file}:${number} has not ${MINUTES} minutes.`);
    }
    rows += 1;
    for (let minute = 0; minute < MINUTES; minute += 1) {
      const count = Number(columns[AZURE_COLUMNS + minute]);
      if (!Number.isInteger(count) || count < 0) {
        throw new TraceError(`${file}:${number}: minute ${minute + 1} is no count.`);
      }
      counts[minute] = (counts[minute] as number) + count;
    }
  }
  if (rows === 0) throw new TraceError(`${file} has no function ${hash}.`);
  return minutely(counts);
}

function readArrivals(file: string): Traffic {
  let requests = 0;
  let seconds = 0;
  let timed = 0;
  for (const { at, milliseconds } of arrivalsIn(file)) {
    requests += 1;
    seconds = at;
    if (!Number.isNaN(milliseconds)) timed += 1;
  }
  if (requests === 0) throw new TraceError(`${file} has no arrivals.`);
  if (timed !== 0 && timed !== requests) {
    throw new TraceError(`${file} says of some requests how long they took, and not of others.`);
  }
  const arrivals = () => {
    const rows = arrivalsIn(file);
    let took = 0;
    const next = () => {
      const { done, value } = rows.next();
      if (done) return Number.POSITIVE_INFINITY;
      took = value.milliseconds / 1000;
      return value.at;
    };
    return timed > 0 ? { next, service: () => took } : { next };
  };
  // The last request is a part of it.
  return { arrivals, requests, seconds: seconds + 1, isTimed: timed > 0 };
}

function* arrivalsIn(file: string) {
  let number = 0;
  let before = 0;
  for (const line of lines(file)) {
    number += 1;
    const [first = '', second] = line.split(',');
    const at = Number(first);
    const milliseconds = second === undefined ? Number.NaN : Number(second);
    const isWrong =
      first === '' || !(at >= before) || (second !== undefined && !(milliseconds >= 0));
    if (isWrong && number === 1) continue;
    if (isWrong) {
      throw new TraceError(
        `${file}:${number}: ${line} is no arrival in seconds after the one before, with milliseconds or without.`,
      );
    }
    before = at;
    yield { at, milliseconds };
  }
}

/** The lines of a file that are not empty. */
function* lines(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    let rest = '';
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      const parts = (rest + buffer.toString('latin1', 0, size)).split(/\r?\n/);
      rest = parts.pop() ?? '';
      for (const part of parts) if (part !== '') yield part;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}
