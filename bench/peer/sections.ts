/** What was measured beside the peers, as tables and against the goals. */
import type { Section } from '../section.ts';
import { megabytes, perSecond, time, times } from '../units.ts';
import type { InProcess } from './inProcess.ts';
import { type Load, SLICE, type Speed } from './load.ts';
import { type Result, ROUNDS } from './overHttp.ts';

const HOW = `One server at a time and all in turn, each started anew in ${ROUNDS} rounds, of which the medians are given, after its answers were compared with its model's; the same rows from the same closed-loop sender, ${SLICE} s measured after 3 s of the same load to warm up (peers 5 s, ours 8 s at 10 connections and 15 s at 50: each of our instances compiles for itself).`;

/** What no service has, or does not take. */
const NONE = '–';

/** All services under the same loads. */
export interface Comparison {
  /** What the speeds of every result belong to, in their order. */
  readonly loads: readonly Load[];
  /** In the order of the columns; FastAPI is the peer that the goals are about. */
  readonly results: { readonly ours: Result; readonly fastapi: Result } & Readonly<
    Record<string, Result>
  >;
}

const titles = ({ results }: Comparison) => Object.values(results).map(({ title }) => title);

/** How long each takes to answer at all, and what it holds in memory. */
export function startSection(comparison: Comparison, cold: number, versions: string): Section {
  const { results } = comparison;
  const all = Object.values(results);
  const { ours, fastapi } = results;
  const ratio = cold / fastapi.start;
  return {
    title: 'Peers: start and memory',
    how: `FastAPI, BentoML and MLServer with scikit-learn's forest of 100 trees, each in its best form: a worker a core, its own metrics on, no access log, and those that can with adaptive batching and without. ${HOW} ${versions}.`,
    columns: ['what', ...titles(comparison)],
    rows: [
      ['start of the server to the first good prediction', ...all.map(({ start }) => time(start))],
      ['cold start of an instance', ...all.map((result) => (result === ours ? time(cold) : NONE))],
      ['memory of all processes after the loads', ...all.map(({ memory }) => megabytes(memory))],
    ],
    findings: [
      `\`npm start\`, with nothing to install or to build, has its first good answer after ${times(ours.start / fastapi.start)} of FastAPI's start ${goal(ours.start < fastapi.start, 'less than it')}.`,
      `A new instance answers after ${times(ratio)} of FastAPI's start ${goal(ratio <= 0.1, 'at most a tenth')}.`,
      'Memory is the price of the emulator: each Lambda instance is a V8 isolate of its own, with its own compiled code, and 50 connections make 50 of them.',
    ],
  };
}

/** Single predictions. */
export function rowSection(comparison: Comparison): Section {
  const picked = pick(comparison, ({ form }) => form === 'row');
  const ten = picked.find(({ load }) => load.connections === 10);
  return {
    title: 'Peers: single predictions',
    how: 'One row in a request, ours through the emulator with all its metrics. BentoML and MLServer answer with the shares of the classes alone; FastAPI and ours with the class, shares by name and the confidence, ours with its check for odd rows too. Measured in the same run as above.',
    columns: ['connections', 'figure', ...titles(comparison)],
    rows: picked.flatMap(({ load: { connections }, speeds }) => [
      [connections, 'answers', ...cells(speeds, ({ rate }) => perSecond(rate))],
      [connections, 'p50', ...cells(speeds, ({ p50 }) => time(p50))],
      [connections, 'p99', ...cells(speeds, ({ p99 }) => time(p99))],
    ]),
    findings: [
      ...(ten
        ? [
            `At 10 connections ${times(ten.ours.rate / ten.fastapi.rate)} FastAPI's answers a second ${goal(ten.ours.rate >= 10 * ten.fastapi.rate, 'at least 10')}, at ${times(ten.ours.p50 / ten.fastapi.p50)} of its p50 ${goal(ten.ours.p50 <= ten.fastapi.p50 / 10, 'at most a tenth')}.`,
          ]
        : []),
      ...picked.map(
        ({ load: { connections }, ours, best }) =>
          `The fastest peer at ${connections} is ${best.title}: ${times(ours.rate / best.rate)} its answers a second.`,
      ),
      '*Limits* says how near that is to what the emulator can do with an empty handler.',
      ...failures(picked, comparison),
    ],
  };
}

/** Batches. */
export function batchSection(comparison: Comparison): Section {
  const picked = pick(comparison, ({ form }) => form !== 'row');
  const find = (form: Load['form'], rows: number, connections: number) =>
    picked.find(
      ({ load }) => load.form === form && load.rows === rows && load.connections === connections,
    );
  const finding = (rows: number, wanted: number) => {
    const objects = find('objects', rows, 10);
    const ratio = objects ? objects.ours.rate / objects.fastapi.rate : Number.NaN;
    const lists = find('lists', rows, 10);
    const most = lists
      ? `; the fastest peer with lists is ${lists.best.title}, of which ours has ${times(lists.ours.rate / lists.best.rate)} the rows a second`
      : '';
    return `In batches of ${rows.toLocaleString('en')} as objects ${times(ratio)} FastAPI's rows a second at 10 connections ${goal(ratio >= wanted, `at least ${wanted}`)}${most}.`;
  };
  return {
    title: 'Peers: batches',
    how: 'Rows a second in batches, rows as objects with names or as lists of numbers, which is the one form that BentoML and MLServer take; measured in the same run as above.',
    columns: ['rows', 'form', 'connections', 'figure', ...titles(comparison)],
    rows: picked.flatMap(({ load: { rows, form, connections }, speeds }) => {
      const load = [rows.toLocaleString('en'), form, connections];
      return [
        [...load, 'rows', ...cells(speeds, ({ rate }) => perSecond(rate * rows))],
        [...load, 'p50', ...cells(speeds, ({ p50 }) => time(p50))],
      ];
    }),
    findings: [finding(1000, 5), finding(10_000, 10), ...failures(picked, comparison)],
  };
}

/** Inference without any server. */
export function inProcessSection(results: readonly InProcess[]): Section {
  return {
    title: 'Peers: in process',
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

/** A load, and how all did under it. */
interface Picked {
  readonly load: Load;
  /** In the order of the titles. */
  readonly speeds: readonly (Speed | undefined)[];
  readonly ours: Speed;
  readonly fastapi: Speed;
  /** The peer with the most answers a second. */
  readonly best: Speed & { readonly title: string };
}

function pick({ loads, results }: Comparison, wanted: (load: Load) => boolean): Picked[] {
  return loads.flatMap((load, index) => {
    const at = ({ speeds }: Result) => speeds[index];
    const [ours, fastapi] = [at(results.ours), at(results.fastapi)];
    if (!ours || !fastapi || !wanted(load)) return [];
    const peers = Object.values(results).flatMap((result) => {
      const speed = at(result);
      return speed && speed !== ours ? [{ title: result.title, ...speed }] : [];
    });
    const best = peers.reduce((best, peer) => (peer.rate > best.rate ? peer : best));
    return [{ load, speeds: Object.values(results).map(at), ours, fastapi, best }];
  });
}

function cells(
  speeds: readonly (Speed | undefined)[],
  cell: (speed: Speed) => string,
): readonly string[] {
  return speeds.map((speed) => (speed ? cell(speed) : NONE));
}

function failures(picked: readonly Picked[], comparison: Comparison): string[] {
  const counts = titles(comparison).flatMap((title, index) => {
    const failed = picked.reduce((sum, { speeds }) => sum + (speeds[index]?.failed ?? 0), 0);
    return failed > 0 ? [`${failed} requests to ${title}`] : [];
  });
  return counts.length > 0 ? [`Without a good answer: ${counts.join(', ')}.`] : [];
}

function goal(met: boolean, wanted: string): string {
  return `(goal: ${wanted}; ${met ? 'met' : 'not met'})`;
}
