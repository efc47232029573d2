/** What observing costs: the handler, its import, the emulator and the aggregator, with it and without. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../tools/root.ts';
import { copyService } from '../tools/serviceCopy.ts';
import { inTurn } from './measure.ts';
import type { Section } from './section.ts';
import { startOurs } from './servers.ts';
import { throughput } from './throughput.ts';
import { megabytes, perSecond, share, time } from './units.ts';

const FUNCTIONS = ['predict', 'batchPredict', 'health', 'docs'] as const;
/** Processes that import each module. */
const IMPORTS = 15;
const CONNECTIONS = 10;
/** Time that each emulator gets in a round, in seconds. */
const SLICE = 2;
const ROUNDS = 7;

/** Goals, in seconds and as a share. */
const HANDLER_GOAL = 30e-6;
const THROUGHPUT_GOAL = 0.05;
const IMPORT_GOAL = 15e-3;
const AGGREGATOR_GOAL = 20e-6;

/** All of it, side by side with a copy of the service that observes nothing. */
export async function observing(): Promise<Section> {
  const bare = await bareService();
  try {
    const local = await handlerSeconds(bare.folder, 'local');
    const emf = await handlerSeconds(bare.folder, 'emf');
    const imports = await importSeconds();
    const rates = await emulatorRates(bare.folder);
    const aggregator = await aggregatorCost();
    const { heapAfterFew, heapAfterAll } = aggregator;
    const added = local.observed - local.bare;
    const importAdded = imports.predict - imports.empty;
    const lost = 1 - rates.observed / rates.bare;
    return {
      title: 'Observing: what the metrics cost',
      how: `The built functions against a copy that observes and records nothing; the emulator counts its invocations from outside. Handler: median of a call of predict, in turn in one process, with the sink as named (local: with the aggregator at work in the main thread). Import: median of ${IMPORTS} fresh processes each, in turn, with the EMF sink. Emulator: ${CONNECTIONS} connections, in turn for ${SLICE} s, median of ${ROUNDS} rounds.`,
      columns: ['what', 'without', 'with', 'added'],
      rows: [
        ['predict in process, local sink', time(local.bare), time(local.observed), time(added)],
        [
          'predict in process, EMF',
          time(emf.bare),
          time(emf.observed),
          time(emf.observed - emf.bare),
        ],
        ...FUNCTIONS.map((name) => [
          `import of ${name}, over an empty module`,
          time(imports.empty),
          time(imports[name]),
          time(imports[name] - imports.empty),
        ]),
        [
          'predict through the emulator',
          perSecond(rates.bare),
          perSecond(rates.observed),
          share(-lost),
        ],
        ['aggregator, each Observation', '', time(aggregator.seconds), ''],
        [
          'heap of the aggregator after 10,000 and 1,000,000',
          megabytes(heapAfterFew),
          megabytes(heapAfterAll),
          share(heapAfterAll / heapAfterFew - 1),
        ],
      ],
      findings: [
        goal(
          'A call of predict takes longer by',
          time(added),
          time(HANDLER_GOAL),
          added <= HANDLER_GOAL,
        ),
        goal(
          'The emulator answers fewer requests by',
          share(lost),
          share(THROUGHPUT_GOAL),
          lost <= THROUGHPUT_GOAL,
        ),
        goal(
          'To import predict, everything included, takes',
          time(importAdded),
          time(IMPORT_GOAL),
          importAdded <= IMPORT_GOAL,
        ),
        goal(
          'The aggregator takes',
          time(aggregator.seconds),
          time(AGGREGATOR_GOAL),
          aggregator.seconds <= AGGREGATOR_GOAL,
        ),
      ],
    };
  } finally {
    await bare.remove();
  }
}

/** A copy of the service, built, that observes nothing. */
async function bareService() {
  const copy = await copyService();
  const chain = join(copy.folder, 'lib/chain.ts');
  const source = await readFile(chain, 'utf8');
  await writeFile(chain, source.replace('lambdascope/observe', './bareObserve.ts'));
  for (const name of ['bareObserve.ts', 'modelMetrics.ts']) {
    await copyFile(join(root, 'bench/fixtures/bare', name), join(copy.folder, 'lib', name));
  }
  await node([join(copy.folder, 'tools/build.ts')]);
  return copy;
}

/** Median seconds of a call of predict. */
async function handlerSeconds(bareFolder: string, sink: 'local' | 'emf') {
  const program = join(root, 'bench/fixtures/handlerLoop.ts');
  const bundles = [bareFolder, root].map((folder) => bundleUrl(folder, 'predict'));
  const { stderr } = await node([program, ...bundles], { LAMBDASCOPE_SINK: sink });
  const [bare = Number.NaN, observed = Number.NaN]: number[] = JSON.parse(
    stderr.slice(stderr.lastIndexOf('\n')),
  );
  return { bare, observed };
}

/** Median seconds to import each function, and a module with nothing in it, in a fresh process. */
async function importSeconds() {
  const folder = await mkdtemp(join(tmpdir(), 'lambdascope-import-'));
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, 'export const handler = () => {};\n');
  // One turn of the event loop more, so that what a module puts off until just after its load counts.
  const program = `
    const start = performance.now();
    await import(process.argv[1]);
    await new Promise(setImmediate);
    process.stdout.write(String(performance.now() - start));
  `;
  const importing = (url: string) => async () => {
    const { stdout } = await node(['--input-type=module', '--eval', program, url]);
    return Number(stdout) / 1000;
  };
  const functions = FUNCTIONS.map((name) => [name, importing(bundleUrl(root, name))] as const);
  const seconds = await inTurn(
    {
      empty: importing(pathToFileURL(empty).href),
      ...(Object.fromEntries(functions) as Record<
        (typeof FUNCTIONS)[number],
        () => Promise<number>
      >),
    },
    IMPORTS,
  );
  await rm(folder, { recursive: true });
  return seconds;
}

/** Requests a second through the emulator. */
async function emulatorRates(bareFolder: string) {
  const bare = await startOurs({}, bareFolder);
  const observed = await startOurs();
  const rates = await inTurn(
    {
      bare: () => throughput(bare, CONNECTIONS, SLICE),
      observed: () => throughput(observed, CONNECTIONS, SLICE),
    },
    ROUNDS,
  );
  await bare.stop();
  await observed.stop();
  return rates;
}

async function aggregatorCost(): Promise<{
  seconds: number;
  heapAfterFew: number;
  heapAfterAll: number;
}> {
  const program = join(root, 'bench/fixtures/aggregatorLoop.ts');
  return JSON.parse((await node(['--expose-gc', program])).stdout);
}

/** Runs Node to its end. */
function node(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
  });
}

function bundleUrl(folder: string, name: string): string {
  return pathToFileURL(join(folder, 'dist', name, 'index.mjs')).href;
}

function goal(what: string, measured: string, most: string, met: boolean): string {
  return `${what} ${measured} (goal: at most ${most}): ${met ? 'met' : 'not met'}.`;
}
