/** Both services over HTTP: one at a time, in turn, each started anew in every round. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../tools/freePort.ts';
import { median } from '../measure.ts';
import { rowRequest } from '../rowRequest.ts';
import { type BenchServer, startOurs } from '../servers.ts';
import { type Load, measureSpeed, middleSpeed, type Paths, type Speed } from './load.ts';

const ROUNDS = 5;

/** Seconds after which our emulator ends an idle instance, for the cold starts. */
const IDLE_SECONDS = 1;

/** A service to compare. */
export interface Service {
  readonly start: () => Promise<BenchServer>;
  readonly paths: Paths;
}

/** How a service did: medians over the rounds. */
export interface Result {
  /** Seconds from its start to its first good prediction. */
  readonly start: number;
  /** Resident memory in bytes, after its loads. */
  readonly memory: number;
  /** In the order of the loads. */
  readonly speeds: readonly Speed[];
}

/** Our service, through the emulator, with its metrics. */
export const ours: Service = {
  start: () => startOurs(),
  paths: { row: '/predict', objects: '/predict/batch', lists: '/predict/batch' },
};

/** Measures the services in turn, round after round. */
export async function compareServices<Name extends string>(
  services: Readonly<Record<Name, Service>>,
  loads: readonly Load[],
): Promise<Record<Name, Result>> {
  const entries = Object.entries(services) as [Name, Service][];
  const rounds: [Name, Result][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, service] of entries) rounds.push([name, await measureOnce(service, loads)]);
  }
  return Object.fromEntries(
    entries.map(([name]) => [
      name,
      middle(rounds.flatMap(([of, run]) => (of === name ? run : []))),
    ]),
  ) as Record<Name, Result>;
}

async function measureOnce(service: Service, loads: readonly Load[]): Promise<Result> {
  const begin = performance.now();
  const server = await service.start();
  const start = (performance.now() - begin) / 1000;
  try {
    const speeds: Speed[] = [];
    for (const load of loads) speeds.push(await measureSpeed(server, service.paths, load));
    return { start, memory: await residentMemory(server.pid), speeds };
  } finally {
    await server.stop();
  }
}

function middle(runs: readonly Result[]): Result {
  return {
    start: median(runs.map(({ start }) => start)),
    memory: median(runs.map(({ memory }) => memory)),
    speeds: (runs[0]?.speeds ?? []).map((_, load) =>
      middleSpeed(runs.flatMap(({ speeds }) => speeds[load] ?? [])),
    ),
  };
}

async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(/^VmRSS:\s+(\d+) kB/m)?.[1]) * 1024;
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
    for (let round = 0; round < ROUNDS; round++) {
      await untilNoInstance(`http://127.0.0.1:${metricsPort}/metrics`);
      const { method, path, headers, body } = rowRequest;
      const begin = performance.now();
      const answer = await fetch(server.origin + path, { method, headers, body });
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
