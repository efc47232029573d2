/** Our load generator beside vegeta, which others made: the same rows at the same rate to the same emulator, in turn. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { evenly } from '../tools/load/arrivals.ts';
import { openLoop } from '../tools/load/openLoop.ts';
import { createSource, profiles } from '../tools/load/profiles.ts';
import type { LoadRequest } from '../tools/load/requests.ts';
import { openSender } from '../tools/load/sender.ts';
import { median, quantile } from './measure.ts';
import { benchProgram } from './programs.ts';
import { rowRequest } from './rowRequest.ts';
import type { Section } from './section.ts';
import { type BenchServer, startOurs } from './servers.ts';
import { time } from './units.ts';

/** Requests a second. */
const RATE = 200;
/** Time of each turn, in seconds; its last answers get as long again. */
const DURATION = 15;
const CONNECTIONS = 10;
/** Turns of each, after one to warm up. */
const ROUNDS = 5;

const run = promisify(execFile);

/** What a generator says of a turn. */
interface Turn {
  /** Good answers a second. */
  readonly rate: number;
  /** Percentiles of the latency, in seconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The turns, the latency of ours from when a request was sent, as vegeta's, and from when it was due. */
interface Turns {
  readonly vegeta: Turn[];
  readonly sinceSent: Turn[];
  readonly sinceDue: Turn[];
}

/** One emulator, and both generators in turn. */
export async function loadGenerators(): Promise<Section> {
  const vegeta = benchProgram('vegeta');
  const folder = await mkdtemp(join(tmpdir(), 'load-'));
  const server = await startOurs();
  const turns: Turns = { vegeta: [], sinceSent: [], sinceDue: [] };
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const theirs = await byVegeta(vegeta, folder, server);
      const { sinceSent, sinceDue } = await byOurs(server);
      if (round === 0) continue;
      turns.vegeta.push(theirs);
      turns.sinceSent.push(sinceSent);
      turns.sinceDue.push(sinceDue);
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
  return section(turns);
}

/** What both send: the requests of the profile `steady`. */
function requests(): LoadRequest[] {
  const endpoint = { basePath: '', key: rowRequest.headers['x-api-key'] };
  const next = profiles.steady.requests(createSource(endpoint, 1));
  return Array.from({ length: RATE * DURATION }, () => next(0));
}

async function byVegeta(vegeta: string, folder: string, { origin }: BenchServer): Promise<Turn> {
  const targets = requests().map(({ method, path, headers = {}, body = '' }) => ({
    method,
    url: origin + path,
    header: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: Buffer.from(body).toString('base64'),
  }));
  const [file, results] = [join(folder, 'targets'), join(folder, 'results')];
  await writeFile(file, targets.map((target) => JSON.stringify(target)).join('\n'));
  await run(vegeta, [
    ...['attack', '-format=json', `-targets=${file}`, `-output=${results}`],
    ...[`-rate=${RATE}/1s`, `-duration=${DURATION}s`],
    ...[`-connections=${CONNECTIONS}`, `-max-connections=${CONNECTIONS}`],
  ]);
  const { stdout } = await run(vegeta, ['report', '-type=json', results]);
  const { throughput, latencies } = JSON.parse(stdout) as {
    /** Good answers a second. */
    throughput: number;
    /** In nanoseconds. */
    latencies: Readonly<Record<'50th' | '95th' | '99th', number>>;
  };
  return {
    rate: throughput,
    p50: latencies['50th'] / 1e9,
    p95: latencies['95th'] / 1e9,
    p99: latencies['99th'] / 1e9,
  };
}

/** By the parts that `npm run load` is made of, which tell of each request when it was sent. */
async function byOurs({ origin }: BenchServer): Promise<Record<'sinceSent' | 'sinceDue', Turn>> {
  const waiting = requests().values();
  const { send, close } = openSender({ origin, connections: CONNECTIONS });
  const delays = new Map<LoadRequest, number>();
  const sinceSent: number[] = [];
  const sinceDue: number[] = [];
  const start = performance.now();
  await openLoop<LoadRequest>({
    arrivals: evenly(RATE, DURATION),
    request: () => waiting.next().value as LoadRequest,
    send,
    connections: CONNECTIONS,
    deadline: 2 * DURATION * 1000,
    onSend: (request, delay) => delays.set(request, delay),
    onOutcome(request, outcome, latency) {
      if (!('status' in outcome) || outcome.status !== request.status) return;
      sinceSent.push((latency - (delays.get(request) ?? 0)) / 1000);
      sinceDue.push(latency / 1000);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  await close();
  const turn = (latencies: readonly number[]): Turn => {
    const sorted = latencies.toSorted((a, b) => a - b);
    return {
      rate: sorted.length / seconds,
      p50: quantile(sorted, 0.5),
      p95: quantile(sorted, 0.95),
      p99: quantile(sorted, 0.99),
    };
  };
  return { sinceSent: turn(sinceSent), sinceDue: turn(sinceDue) };
}

/** A figure over the turns of a generator. */
interface Spread {
  readonly middle: number;
  readonly least: number;
  readonly most: number;
}

function spreadOf(values: readonly number[]): Spread {
  return { middle: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Whether two generators are no farther apart than the turns of one of them. */
function agree(one: Spread, other: Spread): boolean {
  const noise = Math.max(one.most - one.least, other.most - other.least);
  return Math.abs(one.middle - other.middle) <= noise;
}

function section({ vegeta, sinceSent, sinceDue }: Turns): Section {
  const figures = (['rate', 'p50', 'p95', 'p99'] as const).map((figure) => {
    const of = (turns: readonly Turn[]) => spreadOf(turns.map((turn) => turn[figure]));
    const text = figure === 'rate' ? (value: number) => `${value.toFixed(1)}/s` : time;
    const cell = ({ middle, least, most }: Spread) =>
      `${text(middle)} (${text(least)} to ${text(most)})`;
    const agrees = agree(of(vegeta), of(sinceSent));
    const cells = [vegeta, sinceSent, sinceDue].map((turns) => cell(of(turns)));
    return { figure, agrees, row: [figure, ...cells, agrees ? 'yes' : 'no'] };
  });
  const apart = figures.filter(({ agrees }) => !agrees).map(({ figure }) => figure);
  return {
    title: 'Load generators: ours beside vegeta',
    how: `${RATE} requests a second for ${DURATION} s, over at most ${CONNECTIONS} connections, with the rows of the profile \`steady\`, to one emulator: by vegeta, and by the open loop of \`npm run load\`, in turn; medians of ${ROUNDS} turns, with the least and the most. vegeta's latency counts from when a request is sent, that of \`npm run load\` from when it is due; ours is given both ways. They agree in a figure when their medians since sent are no farther apart than the turns of one of them.`,
    columns: ['figure', 'vegeta', 'ours, since sent', 'ours, since due', 'agree'],
    rows: figures.map(({ row }) => row),
    findings: [
      apart.length === 0
        ? 'They agree within their noise.'
        : `They differ by more than their noise in ${apart.join(', ')}.`,
    ],
  };
}
