/** The services over HTTP: one at a time, in turn, each started anew in every round. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { descendantsOf } from '../../test/processes.ts';
import { freePort } from '../../tools/freePort.ts';
import { median } from '../measure.ts';
import { realRows, rowRequest } from '../rowRequest.ts';
import { ask, type BenchServer, startOurs } from '../servers.ts';
import type { Contender, Form } from './contenders.ts';
import { type Load, measureSpeed, middleSpeed, type Speed } from './load.ts';
import { agree } from './verdict.ts';

export const ROUNDS = 3;

const COLD_ROUNDS = 5;

/** Seconds after which our emulator ends an idle instance, for the cold starts. */
const IDLE_SECONDS = 1;

/** Rows whose answers are looked at before a service is measured, in a batch; the first by itself. */
const CHECKED = 200;

/** How a service did: medians over the rounds. */
export interface Result {
  readonly title: string;
  /** Seconds from its start to its first good prediction. */
  readonly start: number;
  /** Memory in bytes, of all its processes after its loads; what they share is counted once. */
  readonly memory: number;
  /** In the order of the loads; undefined for a form that it does not take. */
  readonly speeds: readonly (Speed | undefined)[];
}

/** Measures the services in turn, round after round. */
export async function compareServices<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  loads: readonly Load[],
): Promise<Record<Name, Result>> {
  const entries = Object.entries(contenders) as [Name, Contender][];
  const rounds: [Name, Result][] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, contender] of entries) {
      console.error(`  round ${round} of ${ROUNDS}: ${contender.title}`);
      rounds.push([name, await measureOnce(contender, loads)]);
    }
  }
  return Object.fromEntries(
    entries.map(([name]) => [
      name,
      middle(rounds.flatMap(([of, run]) => (of === name ? run : []))),
    ]),
  ) as Record<Name, Result>;
}

async function measureOnce(contender: Contender, loads: readonly Load[]): Promise<Result> {
  const begin = performance.now();
  const server = await contender.start();
  const start = (performance.now() - begin) / 1000;
  try {
    for (const form of ['row', 'objects', 'lists'] as const) {
      await checkAnswers(server, contender, form);
    }
    const speeds: (Speed | undefined)[] = [];
    for (const load of loads) speeds.push(await measureSpeed(server, contender, load));
    return { title: contender.title, start, memory: await memoryOf(server.pid), speeds };
  } finally {
    await server.stop();
  }
}

/** @throws Error when a service does not say what its model says. */
async function checkAnswers(server: BenchServer, contender: Contender, form: Form): Promise<void> {
  const rows = realRows(form === 'row' ? 1 : CHECKED);
  const request = contender.request(form, rows);
  if (!request) return;
  const answer = await ask(server.origin, request);
  const text = await answer.text();
  const says = answer.ok ? contender.read(form, JSON.parse(text)) : [];
  if (agree(says, await contender.expected(rows))) return;
  throw new Error(`${contender.title} answers wrongly (${form}): ${answer.status} ${text}`);
}

function middle(runs: readonly Result[]): Result {
  return {
    title: runs[0]?.title ?? '',
    start: median(runs.map(({ start }) => start)),
    memory: median(runs.map(({ memory }) => memory)),
    speeds: (runs[0]?.speeds ?? []).map((taken, load) =>
      taken ? middleSpeed(runs.flatMap(({ speeds }) => speeds[load] ?? [])) : undefined,
    ),
  };
}

/** The proportional set sizes of a process and of all below it, in bytes. */
async function memoryOf(pid: number): Promise<number> {
  let bytes = 0;
  for (const each of [pid, ...(await descendantsOf(pid))]) {
    const sizes = await readFile(`/proc/${each}/smaps_rollup`, 'utf8');
    bytes += Number(sizes.match(/^Pss:\s+(\d+) kB/m)?.[1]) * 1024;
  }
  return bytes;
}

/** Median seconds from a request to its answer when no instance was there and one had to be made. */
export async function coldStart(): Promise<number> {
  const metricsPort = String(await freePort());
  const server = await startOurs({
    METRICS_PORT: metricsPort,
    IDLE_SECONDS: String(IDLE_SECONDS),
  });
  try {
    const times: number[] = [];
    for (let round = 0; round < COLD_ROUNDS; round++) {
      await untilNoInstance(`http://127.0.0.1:${metricsPort}/metrics`);
      const begin = performance.now();
      const answer = await ask(server.origin, rowRequest);
      await answer.arrayBuffer();
      times.push((performance.now() - begin) / 1000);
      if (!answer.ok) throw new Error(`a cold request was answered with ${answer.status}`);
    }
    return median(times);
  } finally {
    await server.stop();
  }
}

/** The emulator looks for idle instances on a timer: within twice the time they are gone. */
async function untilNoInstance(metrics: string): Promise<void> {
  const deadline = performance.now() + 10 * IDLE_SECONDS * 1000;
  for (;;) {
    const text = await (await fetch(metrics)).text();
    if (/^lambda_instances\{function="predict"\} 0$/m.test(text)) return;
    if (performance.now() > deadline) throw new Error('an idle instance does not end');
    await pause(50);
  }
}
