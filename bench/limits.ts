/** How much of an answer's time is ours: from a bare Node server to our function through the emulator. */
import { inProcess } from './inProcess.ts';
import { inTurn, type Measure, sideBySide } from './measure.ts';
import type { Section } from './section.ts';
import { startCounted, startEcho, startEmptyEmulator, startOurs } from './servers.ts';
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
    'serverless-offline as it comes, empty handler': await startEmptyEmulator(),
    'the same, counted': await startCounted('serverless-offline', { quiet: false }),
    'counted, without logs': await startCounted('serverless-offline', { quiet: true }),
    "counted, without logs, by the kit's runner": await startCounted('lambdascope', {
      quiet: true,
    }),
    'predict through the emulator': await startOurs(),
  };
  const measures = Object.entries(servers).map(([name, server]): [string, Measure] => [
    name,
    (warmsUp) => throughput(server, CONNECTIONS, warmsUp ? WARM_UP : SLICE),
  ]);
  const rates = await inTurn(Object.fromEntries(measures), ROUNDS);
  for (const server of Object.values(servers)) await server.stop();

  const invoke = await inProcess('predict');
  const { handler } = await sideBySide({ handler: { run: invoke } });
  const medians = Object.entries(rates).map(([name, rate]) => ({ name, rate }));
  const [, empty, counted, quiet, byRunner, ours] = medians;
  const ratio = (one?: { rate: number }, other?: { rate: number }) =>
    times((one?.rate ?? 0) / (other?.rate ?? 1));
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
      `Counting leaves an empty handler ${ratio(counted, empty)} of its throughput; the kit's runner gives it ${ratio(byRunner, quiet)} of that of serverless-offline's own, with the same logs.`,
      `Beside an empty handler in the kit's runner ours reaches ${ratio(ours, byRunner)}: the difference are the handler, its metrics and the gateway's checks.`,
      `Of the ${time(1 / (ours?.rate ?? 1))} that a request takes through the emulator, ${time(handler)} are our handler.`,
    ],
  };
}
