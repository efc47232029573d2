/** What was measured against the peer, as tables and against the goals. */
import type { Section } from '../section.ts';
import { megabytes, perSecond, time, times } from '../units.ts';
import type { InProcess } from './inProcess.ts';
import type { Load, Speed } from './load.ts';
import type { Result } from './overHttp.ts';

const HOW =
  'One server at a time and the two in turn, each started anew in five rounds, of which the medians are given; the same requests from the same closed-loop sender, 3 s measured after 3 s of the same load to warm up (8 s at 10 connections, 15 s at 50: each of our instances compiles for itself).';

/** Both services under the same loads. */
export interface Comparison {
  /** What the speeds of both results belong to, in their order. */
  readonly loads: readonly Load[];
  readonly peer: Result;
  readonly ours: Result;
}

/** How long each takes to answer at all, and what it holds in memory. */
export function startSection({ peer, ours }: Comparison, cold: number, versions: string): Section {
  return {
    title: 'Peer: start and memory',
    how: `The peer (\`bench/peer/service.py\`) is FastAPI with scikit-learn's forest of 100 trees and prometheus_client, in its best form. ${HOW} Peer: ${versions}.`,
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
      'Memory is the price of the emulator: each Lambda instance is a V8 isolate of its own, with its own compiled code, and 50 connections make 50 of them.',
    ],
  };
}

/** Single predictions. */
export function rowSection(comparison: Comparison): Section {
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
      '*Limits* says how near that is to what the emulator can do with an empty handler.',
      ...failures(picked),
    ],
  };
}

/** Batches. */
export function batchSection(comparison: Comparison): Section {
  const picked = pick(comparison, ({ form }) => form !== 'row');
  const asObjects = (rows: number, connections: number) => {
    const found = picked.find(
      ({ load }) =>
        load.form === 'objects' && load.rows === rows && load.connections === connections,
    );
    return found ? found.ours.rate / found.peer.rate : Number.NaN;
  };
  const finding = (rows: number, wanted: number) => {
    const [ten, one] = [asObjects(rows, 10), asObjects(rows, 1)];
    return `In batches of ${rows.toLocaleString('en')} as objects ${times(ten)} the peer's rows a second at 10 connections ${goal(ten >= wanted, `at least ${wanted}`)}, ${times(one)} at one.`;
  };
  return {
    title: 'Peer: batches',
    how: 'Rows a second in batches, rows as objects with names or as lists; measured in the same run as above.',
    columns: ['rows', 'form', 'connections', 'peer', 'ours', 'ratio', 'p50 peer', 'p50 ours'],
    rows: picked.map(({ load: { rows, form, connections }, peer, ours }) => [
      rows.toLocaleString('en'),
      form,
      connections,
      perSecond(peer.rate * rows),
      perSecond(ours.rate * rows),
      times(ours.rate / peer.rate),
      time(peer.p50),
      time(ours.p50),
    ]),
    findings: [finding(1000, 5), finding(10_000, 10), ...failures(picked)],
  };
}

/** Inference without any server. */
export function inProcessSection(results: readonly InProcess[]): Section {
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

/** A load, and how both did under it. */
interface Pair {
  readonly load: Load;
  readonly peer: Speed;
  readonly ours: Speed;
}

function pick({ loads, peer, ours }: Comparison, wanted: (load: Load) => boolean): Pair[] {
  return loads.flatMap((load, index) => {
    const [theirs, own] = [peer.speeds[index], ours.speeds[index]];
    return theirs && own && wanted(load) ? [{ load, peer: theirs, ours: own }] : [];
  });
}

function failures(picked: readonly Pair[]): string[] {
  const count = (of: 'peer' | 'ours') => picked.reduce((sum, each) => sum + each[of].failed, 0);
  if (count('peer') + count('ours') === 0) return [];
  return [
    `Without a good answer: ${count('peer')} requests to the peer, ${count('ours')} to ours.`,
  ];
}

function goal(met: boolean, wanted: string): string {
  return `(goal: ${wanted}; ${met ? 'met' : 'not met'})`;
}
