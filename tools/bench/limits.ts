/** How much of an answer's time is ours: from a bare Node server to our function through the emulator. */
import { inProcess } from './inProcess.ts';
import { median, sideBySide } from './measure.ts';
import type { Section } from './section.ts';
import { startEcho, startEmptyEmulator, startOurs } from './servers.ts';
import { throughput } from './throughput.ts';
import { perSecond, time, times } from './units.ts';

const CONNECTIONS = 10;
/** Time that one server gets in a round, in seconds. */
const SLICE = 2;
const ROUNDS = 7;
/** Time to warm up, in seconds: each instance is an isolate of its own, which compiles for itself. */
const WARM_UP = 15;

/** Share of the empty handler's throughput that ours should reach. */
const GOAL = 0.85;

/** The floors and ours, interleaved. */
export async function limits(): Promise<Section> {
  const servers = {
    'node:http that echoes JSON': await startEcho(),
    'serverless-offline as it comes, empty handler': await startEmptyEmulator('its own'),
    'the same in our threads, without logs': await startEmptyEmulator('ours'),
    'predict through the emulator': await startOurs(),
  };
  const rates = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, server] of Object.entries(servers)) {
      const rate = await throughput(server, CONNECTIONS, round === 0 ? WARM_UP : SLICE);
      if (round > 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
    }
  }
  for (const server of Object.values(servers)) await server.stop();

  const invoke = await inProcess('predict');
  const { handler } = await sideBySide({ handler: { run: invoke } });
  const medians = [...rates].map(([name, values]) => ({ name, rate: median(values) }));
  const [, empty, inOurThreads, ours] = medians;
  const share = (ours?.rate ?? 0) / (empty?.rate ?? 1);
  return {
    title: 'Limits: how much of an answer is ours',
    how: `Requests a second at ${CONNECTIONS} connections, the servers in turn for ${SLICE} s each, median of ${ROUNDS} rounds, after ${WARM_UP} s each to warm up; the handler alone in process, with the real event, its chain and no sink.`,
    columns: ['what answers', 'rate', 'time each', 'of the empty handler'],
    rows: [
      ...medians.map(({ name, rate }) => [
        name,
        perSecond(rate),
        time(1 / rate),
        times(rate / (empty?.rate ?? 1)),
      ]),
      [
        'our handler in process, no server',
        perSecond(1 / handler),
        time(handler),
        times(1 / handler / (empty?.rate ?? 1)),
      ],
    ],
    findings: [
      `Ours reaches ${times(share)} of the empty handler's throughput (goal: ${GOAL}): ${share >= GOAL ? 'met' : 'not met'}.`,
      `Beside an empty handler in the same threads it reaches ${times((ours?.rate ?? 0) / (inOurThreads?.rate ?? 1))}: the difference are the handler, its metrics and the gateway's checks.`,
      `Of the ${time(1 / (ours?.rate ?? 1))} that a request takes through the emulator, ${time(handler)} are our handler.`,
    ],
  };
}
