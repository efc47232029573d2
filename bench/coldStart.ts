/** What the init of a cold predict is made of: each part is added to a bundle in turn. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { root } from '../tools/root.ts';
import { inTurn, type Measure } from './measure.ts';
import type { Section } from './section.ts';
import { time } from './units.ts';

/** Fresh processes for each bundle. */
const PROCESSES = 25;

/** Each has what the one before has, and one part more. */
const stages = [
  { part: 'an empty module: the loader itself', source: '', sink: 'none' },
  { part: 'Middy', source: `import '@middy/core';`, sink: 'none' },
  {
    part: 'the model: artifact, compiled trees',
    source: `import '@middy/core'; import './lib/servedModel.ts';`,
    sink: 'none',
  },
  {
    part: 'the rest of the chain: validators, problems, observing',
    source: `import './functions/predict.ts';`,
    sink: 'none',
  },
  { part: 'the EMF sink', source: `import './functions/predict.ts';`, sink: 'emf' },
] as const;

/** Bundles each stage as the build does. */
async function bundle(folder: string): Promise<string[]> {
  return Promise.all(
    stages.map(async ({ source }, index) => {
      const outfile = join(folder, `${index}/index.mjs`);
      await esbuild({
        stdin: { contents: source, resolveDir: root, loader: 'ts' },
        outfile,
        bundle: true,
        minifySyntax: true,
        platform: 'node',
        target: 'node24',
        format: 'esm',
        // As in the build: CommonJS packages still ask for built-ins by require().
        banner: {
          js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        },
        // Else what is only imported, and does nothing by itself, would be dropped.
        ignoreAnnotations: true,
        logLevel: 'silent',
      });
      return outfile;
    }),
  );
}

interface Timing {
  readonly import: number;
  readonly start: number;
}

async function timeImport(path: string, sink: string): Promise<Timing> {
  const program = join(root, 'bench/fixtures/importTime.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, path], {
    env: {
      ...process.env,
      LAMBDASCOPE_SINK: sink,
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_REGION: 'eu-central-1',
    },
  });
  return JSON.parse(stdout) as Timing;
}

/** The budget of a cold start. */
export async function coldStart(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdascope-cold-'));
  const paths = await bundle(folder);
  const imports = stages.map(({ part, sink }, index): [string, Measure] => [
    part,
    async () => (await timeImport(paths[index] ?? '', sink)).import,
  ]);
  const { runtime = Number.NaN, ...imported } = await inTurn<string>(
    {
      runtime: async () => (await timeImport(paths[0] ?? '', 'none')).start,
      ...Object.fromEntries(imports),
    },
    PROCESSES,
  );
  await rm(folder, { recursive: true });

  const totals = Object.values(imported);
  const parts = stages.map(({ part }, index) => ({
    part,
    seconds: (totals[index] ?? 0) - (totals[index - 1] ?? 0),
  }));
  const all = runtime + (totals.at(-1) ?? 0);
  const own = parts.slice(1).toSorted((a, b) => b.seconds - a.seconds)[0];
  return {
    title: 'Cold start: what init is made of',
    how: `Bundles of predict, each with one part more than the one before, imported in ${PROCESSES} fresh Node processes each, in turn; a part is the difference of two medians.`,
    columns: ['part', 'time', 'share'],
    rows: [
      ['the Node runtime, until it runs a module', time(runtime), share(runtime / all)],
      ...parts.map(({ part, seconds }) => [part, time(seconds), share(seconds / all)]),
      ['together', time(all), share(1)],
    ],
    findings: [
      'The runtime is the largest part and not ours: it stays, as Lambda gives it.',
      `Of our own the largest is ${own?.part ?? ''}: ${time(own?.seconds ?? 0)}.`,
      'Done about it: one ES module a function with nothing to resolve; the schema compiler and the hash of the artifact at build time; trees as base64 typed arrays instead of JSON; the sink that is not chosen is never run; no SDK, no logger, no prom-client.',
    ],
  };
}

function share(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
