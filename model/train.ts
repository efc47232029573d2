/** `npm run train`: trains a model, and writes its artifact and model card. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { artifactJson, makeArtifact } from './artifactFile.ts';
import { modelCard } from './card.ts';
import { DatasetError, readCsv } from './csv.ts';
import { type Dataset, irisDataset } from './dataset.ts';
import type { ForestOptions } from './trainForest.ts';
import { trainingProgress } from './trainingProgress.ts';
import { FORESTS, trainModel } from './trainModel.ts';

const USAGE = `Usage: npm run train -- [options]

  --data FILE      CSV with a header line: numeric columns and one of class names (default: Iris)
  --target COLUMN  the column of class names, with --data
  --trees N        trees in the forest, 1 to 10000 (default: 100)
  --seed N         seed of all randomness, 0 to 2147483647 (default: 42)
  --out FILE       where the artifact goes, the model card beside it (default: model/artifact.json)
  --help           this text`;

/** The artifact that is served. */
const SERVED = fileURLToPath(new URL('artifact.json', import.meta.url));

/** The command line cannot be followed. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Request {
  readonly data: Dataset;
  readonly options: ForestOptions;
  readonly out: string;
}

/** Reads the command line; nothing when it asks for help. */
function readRequest(): Request | undefined {
  const { data, target, trees, seed, out, help } = readOptions();
  if (help) return undefined;
  if ((data === undefined) !== (target === undefined)) {
    throw new UsageError('--data and --target go together');
  }
  return {
    options: {
      trees: integer('--trees', trees, 1, 10_000),
      seed: integer('--seed', seed, 0, 2 ** 31 - 1),
    },
    data: data && target ? readCsv(data, target) : irisDataset(),
    out,
  };
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string' },
        target: { type: 'string' },
        trees: { type: 'string', default: '100' },
        seed: { type: 'string', default: '42' },
        out: { type: 'string', default: SERVED },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function integer(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${option} ${text}: not a whole number from ${min} to ${max}`);
}

/** The date to put in the artifact: SOURCE_DATE_EPOCH (reproducible-builds.org), else now. */
function today(): string {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  const time = epoch ? integer('SOURCE_DATE_EPOCH', epoch, 0, 8.64e12) * 1000 : Date.now();
  return new Date(time).toISOString();
}

async function train({ data, options, out }: Request): Promise<void> {
  const folder = dirname(out);
  // Before the work: a folder that cannot be had is better known now.
  mkdirSync(folder, { recursive: true });
  console.log(
    `Training on ${data.name}: ${data.rows.length} rows, ${data.features.length} features, ${data.classes.length} classes`,
  );
  const date = today();
  const progress = trainingProgress(FORESTS * options.trees);
  const trained = await trainModel(data, options, { onTree: progress.add });
  progress.end();
  const artifact = makeArtifact(data, trained, date, [out, SERVED]);
  const json = artifactJson(artifact);
  const card = join(folder, 'MODEL_CARD.md');
  // In one step: a server that watches the artifact never reads half of it.
  writeFileSync(`${out}.new`, json);
  renameSync(`${out}.new`, out);
  writeFileSync(card, modelCard(data, options, trained, artifact));
  console.log(`Accuracy in cross-validation: ${trained.crossValidation.accuracy.toFixed(4)}`);
  console.log(`${out}: ${json.length} bytes, sha256 ${artifact.sha256}`);
  console.log(card);
}

try {
  const request = readRequest();
  if (request) await train(request);
  else console.log(USAGE);
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof DatasetError) console.error(error.message);
  else throw error;
  process.exitCode = 1;
}
