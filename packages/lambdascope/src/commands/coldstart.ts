/** `lambdascope coldstart`: what a cold start of each function takes when nothing competes with it. */
import { readFile } from 'node:fs/promises';
import type { Calibration } from '../coldStart/calibration.ts';
import { compared, LEAST_PAIRS } from '../coldStart/comparison.ts';
import { comparisonTable, overText } from '../coldStart/comparisonText.ts';
import { figuresText } from '../coldStart/figuresText.ts';
import { LoadError } from '../coldStart/instance.ts';
import {
  type MeasuredFunction,
  type MeasuredService,
  measuredService,
} from '../coldStart/measuredService.ts';
import {
  type ColdStartDocument,
  type MeasuredColdStart,
  measured,
} from '../coldStart/measurement.ts';
import { build, otherVersion } from '../coldStart/otherVersion.ts';
import { TIME } from '../coldStart/quantity.ts';
import { readStored, writeJson, writeStored } from '../coldStart/storedFile.ts';
import { parsed, UsageError } from './usageError.ts';

/** How it is used. */
export const usage = `lambdascope coldstart [-f NAME] [--event FILE] [--runs N] [--code DIR] [--stage STAGE] [--json FILE]
lambdascope coldstart --compare REF [--budget TIME] [-f NAME] [--runs N] …

Starts each function of the service in this folder, as it is built, in fresh processes, one at a time: what
the runtime takes, the module load and the first invocation, and what to expect of it in AWS.

  -f NAME        one function, by its key in serverless.yml
  --event FILE   JSON that the function named by -f is invoked with; default: an event of its first route
  --runs N       processes, of each version; default: as many as fit into a few seconds, or 25 pairs
  --code DIR     where the built files are, if not where serverless.yml is
  --stage STAGE  whose environment variables and memory
  --json FILE    writes the figures
  --compare REF  starts the version of that branch or commit in turn, and fails if a function grew beyond
                 custom.lambdascope.budget
  --budget TIME  by how much a cold start may grow, as 60ms; goes before what serverless.yml says
`;

const options = {
  function: { type: 'string', short: 'f' },
  event: { type: 'string' },
  runs: { type: 'string' },
  code: { type: 'string' },
  stage: { type: 'string' },
  json: { type: 'string' },
  compare: { type: 'string' },
  budget: { type: 'string' },
} as const;

type Values = ReturnType<typeof parsed<typeof options>>['values'];

/** A function grew too much. */
class BudgetError extends Error {
  override readonly name = 'BudgetError';
  readonly code = 'budget';
}

/** Measures, or compares, and prints what came of it. */
export async function coldstart(args: readonly string[]): Promise<void> {
  const { values } = parsed(args, options);
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isSafeInteger(runs) && runs > 0)) {
    throw new UsageError(`--runs ${values.runs} is no number of processes.`);
  }
  if (values.event !== undefined && values.function === undefined) {
    throw new UsageError('--event is for one function; name it by -f.');
  }
  await (values.compare === undefined
    ? measure(values, runs)
    : compare(values, values.compare, runs));
}

async function measure(values: Values, runs: number | undefined): Promise<void> {
  if (values.budget !== undefined) throw new UsageError('--budget is for --compare.');
  const folder = process.cwd();
  const service = await chosen(folder, values);
  const calibration = await readStored<Calibration>(folder, 'calibration.json');
  const functions: Record<string, MeasuredColdStart> = {};
  const skipped = new Map(service.skipped);
  for (const one of service.functions) {
    console.error(`measuring ${one.key}`);
    try {
      functions[one.key] = await measured(one, calibration, runs);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      skipped.set(one.key, error.message);
    }
  }
  const document: ColdStartDocument = { functions };
  if (values.json !== undefined) await writeJson(values.json, document);
  const known = await readStored<ColdStartDocument>(folder, 'coldstart.json');
  // One that was measured alone does not take the others away.
  const all = { functions: { ...known?.functions, ...functions } };
  const path = await writeStored(folder, 'coldstart.json', all);
  const estimate =
    calibration === undefined
      ? 'by published figures; lambdascope calibrate fits it to your own'
      : 'calibrated';
  console.log(`${figuresText(document, skipped)}

Medians, and quartiles in brackets, in ms of this machine. Of AWS an estimate, from the median to the 90th
percentile, ${estimate}. Written to ${path}.`);
}

/** The service, or the one function of it that is asked for. */
async function chosen(
  folder: string,
  { function: key, event, ...options }: Values,
): Promise<MeasuredService> {
  const service = await measuredService(folder, options);
  if (key === undefined) return service;
  const one = service.functions.find((candidate) => candidate.key === key);
  if (one === undefined) {
    throw new UsageError(`-f ${key}: ${service.skipped.get(key) ?? 'there is no such function'}.`);
  }
  const given = event === undefined ? {} : { event: JSON.parse(await readFile(event, 'utf8')) };
  return { ...service, functions: [{ ...one, ...given } satisfies MeasuredFunction] };
}

/** @throws BudgetError when a function grew beyond its budget */
async function compare(values: Values, ref: string, runs: number | undefined): Promise<void> {
  if (runs !== undefined && runs < LEAST_PAIRS) {
    throw new UsageError(`--compare takes at least ${LEAST_PAIRS} --runs.`);
  }
  if (values.budget !== undefined && !new RegExp(TIME).test(values.budget)) {
    throw new UsageError(`--budget ${values.budget} is no time, such as 60ms.`);
  }
  const folder = process.cwd();
  const other = await otherVersion(folder, ref);
  console.error(`building ${ref} and this version`);
  for (const one of [other, folder]) await build(one);
  const before = await measuredService(other, values);
  const after = await chosen(folder, values);
  const comparisons = await compared(before, after, {
    ...(runs !== undefined && { pairs: runs }),
    ...(values.budget !== undefined && { coldStart: values.budget }),
  });
  if (values.json !== undefined) await writeJson(values.json, comparisons);
  console.log(`${comparisonTable(comparisons)}

Growth since ${ref}; of cold starts the median of pairs, and its 95 % interval in brackets.`);
  const over = comparisons.filter((one) => one.over.length > 0);
  if (over.length > 0) throw new BudgetError(over.map(overText).join('\n'));
}
