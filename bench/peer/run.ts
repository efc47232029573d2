/** `npm run bench:peer [-- --write]`: our service beside FastAPI, BentoML and MLServer; with `--write` keeps `docs/benchmarks.md`. */

import { build } from '../../tools/build.ts';
import { writeSection } from '../document.ts';
import { MissingProgram } from '../programs.ts';
import { type Section, sectionMarkdown } from '../section.ts';
import { bentoml, fastapi, mlserver, ours } from './contenders.ts';
import { type Forest, trainForest } from './forest.ts';
import { compareInProcess } from './inProcess.ts';
import type { Load } from './load.ts';
import { coldStart, compareServices } from './overHttp.ts';
import { batchSection, inProcessSection, rowSection, startSection } from './sections.ts';
import { peerVersions } from './versions.ts';

const loads: readonly Load[] = [
  { form: 'row', rows: 1, connections: 1, warmUp: 3 },
  { form: 'row', rows: 1, connections: 10, warmUp: 8 },
  { form: 'row', rows: 1, connections: 50, warmUp: 15 },
  { form: 'objects', rows: 1000, connections: 10, warmUp: 8 },
  { form: 'objects', rows: 10_000, connections: 10, warmUp: 8 },
  { form: 'lists', rows: 1000, connections: 1, warmUp: 3 },
  { form: 'lists', rows: 10_000, connections: 1, warmUp: 3 },
  { form: 'lists', rows: 1000, connections: 10, warmUp: 8 },
  { form: 'lists', rows: 10_000, connections: 10, warmUp: 8 },
];

async function measure(forest: Forest): Promise<Readonly<Record<string, Section>>> {
  const versions = await peerVersions();
  console.error('Measuring in process …');
  const inProcess = await compareInProcess(forest, [1, 1000, 10_000]);
  console.error('Measuring cold starts …');
  const cold = await coldStart();
  console.error('Measuring over HTTP, twenty minutes …');
  const results = await compareServices(
    {
      ours,
      fastapi: fastapi(forest),
      bentoml: bentoml(forest, false),
      bentomlBatching: bentoml(forest, true),
      mlserver: mlserver(forest, false),
      mlserverBatching: mlserver(forest, true),
    },
    loads,
  );
  const comparison = { loads, results };
  return {
    'peer-start': startSection(comparison, cold, versions),
    'peer-rows': rowSection(comparison),
    'peer-batches': batchSection(comparison),
    'peer-in-process': inProcessSection(inProcess),
  };
}

try {
  await build();
  const forest = await trainForest();
  try {
    for (const [name, section] of Object.entries(await measure(forest))) {
      console.log(sectionMarkdown(section));
      if (process.argv.includes('--write')) await writeSection(name, section);
    }
  } finally {
    await forest.remove();
  }
} catch (error) {
  if (!(error instanceof MissingProgram)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
