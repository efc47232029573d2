/** `lambdascope calibrate`: fits what to expect in AWS to what AWS took. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  type CalibratedSize,
  calibrated,
  type Init,
  LEAST_LINES,
} from '../coldStart/calibration.ts';
import { type MeasuredFunction, measuredService } from '../coldStart/measuredService.ts';
import type { ColdStartDocument } from '../coldStart/measurement.ts';
import { millisText } from '../coldStart/quantity.ts';
import { type ReportedInit, reportedInits } from '../coldStart/reportLines.ts';
import { readStored, writeStored } from '../coldStart/storedFile.ts';
import { textTable } from '../coldStart/textTable.ts';
import { parsed, UsageError } from './usageError.ts';

/** How it is used. */
export const usage = `lambdascope calibrate [NAME=]FILE… [--code DIR] [--stage STAGE]

Fits what lambdascope coldstart expects of AWS to Lambda's own REPORT lines, as text or JSON, exported from
CloudWatch, for each memory size, and says how far off it is on lines that it held out. Measure by
lambdascope coldstart first.

  FILE           the lines; - is what comes in
  NAME=          whose they are, by the key in serverless.yml; else the line has its log group in it, or
                 only one function has that memory size
  --code DIR     as of lambdascope coldstart
  --stage STAGE  whose names and memory
`;

/** There is nothing to fit to. */
class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
  readonly code = 'calibration';
}

/** Fits, writes and prints. */
export async function calibrate(args: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(
    args,
    { code: { type: 'string' }, stage: { type: 'string' } },
    { allowPositionals: true },
  );
  if (positionals.length === 0) throw new UsageError('No file of REPORT lines is named.');
  const folder = process.cwd();
  const measured = await readStored<ColdStartDocument>(folder, 'coldstart.json');
  if (measured === undefined) throw new CalibrationError('Run first: npx lambdascope coldstart');
  const { functions } = await measuredService(folder, values);
  const inits: Init[] = [];
  let unknown = 0;
  for (const { key, path } of positionals.map(fileOf)) {
    const content = await (path === '-' ? text(process.stdin) : readFile(path, 'utf8'));
    for (const init of reportedInits(content)) {
      const owner = key ?? ownerOf(init, functions);
      const loadMillis = owner === undefined ? undefined : measured.functions[owner]?.loadMillis;
      if (loadMillis === undefined) unknown += 1;
      else inits.push({ ...init, loadMillis });
    }
  }
  if (unknown > 0) {
    console.error(
      `${unknown} lines are of no measured function. Name it as in hello=FILE, and measure it.`,
    );
  }
  const calibration = calibrated(inits);
  if (calibration.sizes.length === 0) {
    throw new CalibrationError(
      `${inits.length} lines with an Init Duration: a memory size needs ${LEAST_LINES}.`,
    );
  }
  const path = await writeStored(folder, 'calibration.json', calibration);
  console.log(`${sizesTable(calibration.sizes)}

In ms. Base: an init that loads nothing, from its median to its 90th percentile; factor: for each of module
load here, * of all sizes together, as one function has no slope. Errors and share are of every fifth line,
which the fit did not see. Written to ${path}.`);
}

function fileOf(word: string): { readonly key?: string; readonly path: string } {
  const [, key, path] = /^([\w-]+)=(.+)$/.exec(word) ?? [];
  return key === undefined || path === undefined ? { path: word } : { key, path };
}

/** The function that an init is of: by its log group, or as the only one of its memory size. */
function ownerOf(
  { name, memorySize }: ReportedInit,
  functions: readonly MeasuredFunction[],
): string | undefined {
  const suits = functions.filter((one) =>
    name === undefined ? one.memorySize === memorySize : one.name === name,
  );
  return suits.length === 1 ? suits[0]?.key : undefined;
}

function sizesTable(sizes: readonly CalibratedSize[]): string {
  return textTable([
    [
      'memory',
      'base',
      'factor',
      'lines',
      'error of half',
      'of nine in ten',
      'share below the high end',
    ],
    ...sizes.map(({ memorySize, baseMillis, loadFactor, isOwnFactor, lines, heldOut }) => [
      `${memorySize} MB`,
      `${millisText(baseMillis.low)}–${millisText(baseMillis.high)}`,
      `${loadFactor.toFixed(2)}${isOwnFactor ? ' ' : '*'}`,
      String(lines),
      millisText(heldOut.medianErrorMillis),
      millisText(heldOut.p90ErrorMillis),
      `${Math.round(heldOut.belowHigh * 100)} %`,
    ]),
  ]);
}
