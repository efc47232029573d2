/** `npm run bench:peer [-- --write]`: our service beside the FastAPI one; with `--write` keeps `docs/benchmarks.md`. */
import { writeSection } from '../bench/document.ts';
import { type Section, sectionMarkdown } from '../bench/section.ts';
import { megabytes, perSecond, time, times } from '../bench/units.ts';
import { build } from '../build.ts';
import { compareInProcess, type InProcess } from './inProcess.ts';
import type { Load } from './load.ts';
import { coldStart, compareServices, ours, type Result } from './overHttp.ts';
import { type Peer, PeerError, preparePeer } from './peer.ts';

const loads: readonly Load[] = [
  { form: 'row', rows: 1, connections: 1 },
  { form: 'row', rows: 1, connections: 10 },
  { form: 'row', rows: 1, connections: 50 },
  { form: 'objects', rows: 1000, connections: 1 },
  { form: 'objects', rows: 10_000, connections: 1 },
  { form: 'lists', rows: 1000, connections: 1 },
  { form: 'lists', rows: 10_000, connections: 1 },
];

const HOW =
  'One server at a time and the two in turn, each started anew in five rounds, of which the medians are given; the same requests from the same closed-loop sender, 2 s to warm up and 3 s measured.';

interface Comparison {
  readonly peer: Result;
  readonly ours: Result;
}

function startSection({ peer, ours }: Comparison, cold: number, versions: string): Section {
  return {
    title: 'Peer: start and memory',
    how: `The peer (\`tools/peer/service.py\`) is FastAPI with scikit-learn's forest of 100 trees and prometheus_client, in its best form. ${HOW} Peer: ${versions}.`,
    columns: ['what', 'peer', 'ours', 'ratio'],
    rows: [
      [
        'start of the server to the first good prediction',
        time(peer.start),
        time(ours.start),
        times(ours.start / peer.start),
      ],
      [
        "cold start of an instance, beside the peer's start",
        time(peer.start),
        time(cold),
        times(cold / peer.start),
      ],
      [
        'resident memory after the loads',
        megabytes(peer.memory),
        megabytes(ours.memory),
        times(ours.memory / peer.memory),
      ],
    ],
    findings: [
      `A new instance answers after ${times(cold / peer.start)} of the peer's start ${goal(cold / peer.start <= 0.1, 'at most a tenth')}.`,
      'Memory is the price of the emulator: each Lambda instance is a V8 isolate of its own, and 50 connections make 50 of them. In AWS each has its own environment and is billed as such.',
    ],
  };
}

function rowSection(comparison: Comparison): Section {
  const picked = pick(comparison, ({ form }) => form === 'row');
  const ten = picked.find(({ load }) => load.connections === 10);
  return {
    title: 'Peer: single predictions',
    how: 'POST /predict with one row, ours through the emulator with all its metrics; measured in the same run as above.',
    columns: ['connections', 'figure', 'peer', 'ours', 'ratio'],
    rows: picked.flatMap(({ load: { connections }, peer, ours }) => [
      [
        connections,
        'answers',
        perSecond(peer.rate),
        perSecond(ours.rate),
        times(ours.rate / peer.rate),
      ],
      [connections, 'p50', time(peer.p50), time(ours.p50), times(ours.p50 / peer.p50)],
      [connections, 'p99', time(peer.p99), time(ours.p99), times(ours.p99 / peer.p99)],
    ]),
    findings: [
      ...(ten
        ? [
            `At 10 connections ${times(ten.ours.rate / ten.peer.rate)} the peer's answers a second ${goal(ten.ours.rate >= 10 * ten.peer.rate, 'at least 10')}, at ${times(ten.ours.p50 / ten.peer.p50)} of its p50 ${goal(ten.ours.p50 <= ten.peer.p50 / 10, 'at most a tenth')}.`,
          ]
        : []),
      ...failures(picked),
    ],
  };
}

function batchSection(comparison: Comparison): Section {
  const picked = pick(comparison, ({ form }) => form !== 'row');
  const ratio = (rows: number) => {
    const found = picked.find(({ load }) => load.form === 'objects' && load.rows === rows);
    return found ? found.ours.rate / found.peer.rate : Number.NaN;
  };
  return {
    title: 'Peer: batches',
    how: 'Rows a second in batches at one connection, rows as objects with names or as lists; measured in the same run as above.',
    columns: ['rows', 'form', 'peer', 'ours', 'ratio', 'p50 peer', 'p50 ours'],
    rows: picked.map(({ load: { rows, form }, peer, ours }) => [
      rows.toLocaleString('en'),
      form,
      perSecond(peer.rate * rows),
      perSecond(ours.rate * rows),
      times(ours.rate / peer.rate),
      time(peer.p50),
      time(ours.p50),
    ]),
    findings: [
      `As objects ${times(ratio(1000))} the peer's rows a second at 1,000 rows ${goal(ratio(1000) >= 5, 'at least 5')} and ${times(ratio(10_000))} at 10,000 ${goal(ratio(10_000) >= 10, 'at least 10')}.`,
      ...failures(picked),
    ],
  };
}

function inProcessSection(results: readonly InProcess[]): Section {
  return {
    title: 'Peer: in process',
    how: "No server: our inference, with confidences and the out-of-distribution check, beside scikit-learn's `predict_proba` alone; in turn, median of 7 rounds.",
    columns: ['rows', "scikit-learn's predict_proba", 'ours', 'times as fast'],
    rows: results.map(({ rows, ours, theirs }) => [
      rows.toLocaleString('en'),
      time(theirs),
      time(ours),
      times(theirs / ours),
    ]),
    findings: [
      `Ahead at every size ${goal(
        results.every(({ ours, theirs }) => ours < theirs),
        'ahead at each',
      )}.`,
    ],
  };
}

function pick({ peer, ours }: Comparison, wanted: (load: Load) => boolean) {
  return loads.flatMap((load, index) => {
    const [theirs, own] = [peer.speeds[index], ours.speeds[index]];
    return theirs && own && wanted(load) ? [{ load, peer: theirs, ours: own }] : [];
  });
}

function failures(picked: ReturnType<typeof pick>): string[] {
  const count = (of: 'peer' | 'ours') => picked.reduce((sum, each) => sum + each[of].failed, 0);
  if (count('peer') + count('ours') === 0) return [];
  return [
    `Without a good answer: ${count('peer')} requests to the peer, ${count('ours')} to ours.`,
  ];
}

function goal(met: boolean, wanted: string): string {
  return `(goal: ${wanted}; ${met ? 'met' : 'not met'})`;
}

async function measure(peer: Peer): Promise<Readonly<Record<string, Section>>> {
  console.error('Measuring in process …');
  const inProcess = await compareInProcess(peer, [1, 1000, 10_000]);
  console.error('Measuring cold starts …');
  const cold = await coldStart();
  console.error('Measuring over HTTP, some minutes …');
  const theirs = {
    start: peer.start,
    paths: { row: '/predict', objects: '/predict/objects', lists: '/predict/lists' },
  };
  const comparison = await compareServices({ peer: theirs, ours }, loads);
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
