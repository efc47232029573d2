/** `npm run bench:peer [-- --write]`: our service beside the FastAPI one; with `--write` keeps `docs/benchmarks.md`. */

import { build } from '../../tools/build.ts';
import { writeSection } from '../document.ts';
import { type Section, sectionMarkdown } from '../section.ts';
import { compareInProcess } from './inProcess.ts';
import type { Load } from './load.ts';
import { coldStart, compareServices, ours } from './overHttp.ts';
import { type Peer, PeerError, preparePeer } from './peer.ts';
import { batchSection, inProcessSection, rowSection, startSection } from './sections.ts';

/** Each of our instances warms up its own JIT: the more there are, the longer that takes. */
const loads: readonly Load[] = [
  { form: 'row', rows: 1, connections: 1, warmUp: 3 },
  { form: 'row', rows: 1, connections: 10, warmUp: 8 },
  { form: 'row', rows: 1, connections: 50, warmUp: 15 },
  { form: 'objects', rows: 1000, connections: 1, warmUp: 3 },
  { form: 'objects', rows: 10_000, connections: 1, warmUp: 3 },
  { form: 'objects', rows: 1000, connections: 10, warmUp: 8 },
  { form: 'objects', rows: 10_000, connections: 10, warmUp: 8 },
  { form: 'lists', rows: 1000, connections: 1, warmUp: 3 },
  { form: 'lists', rows: 10_000, connections: 1, warmUp: 3 },
];

async function measure(peer: Peer): Promise<Readonly<Record<string, Section>>> {
  console.error('Measuring in process …');
  const inProcess = await compareInProcess(peer, [1, 1000, 10_000]);
  console.error('Measuring cold starts …');
  const cold = await coldStart();
  console.error('Measuring over HTTP, a quarter of an hour …');
  const theirs = {
    start: peer.start,
    paths: { row: '/predict', objects: '/predict/objects', lists: '/predict/lists' },
  };
  const comparison = { loads, ...(await compareServices({ peer: theirs, ours }, loads)) };
  return {
    'peer-start': startSection(comparison, cold, peer.versions),
    'peer-rows': rowSection(comparison),
    'peer-batches': batchSection(comparison),
    'peer-in-process': inProcessSection(inProcess),
  };
}

try {
  await build();
  const peer = await preparePeer();
  try {
    for (const [name, section] of Object.entries(await measure(peer))) {
      console.log(sectionMarkdown(section));
      if (process.argv.includes('--write')) await writeSection(name, section);
    }
  } finally {
    peer.remove();
  }
} catch (error) {
  if (!(error instanceof PeerError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
