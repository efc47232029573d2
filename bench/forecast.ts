/** How fast a forecast is, and that its memory does not grow with the requests. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { poisson } from 'lambdascope/forecast/arrivals';
import { exponential, fixed } from 'lambdascope/forecast/random';
import { simulate } from 'lambdascope/forecast/simulate';
import type { Section } from './section.ts';
import { megabytes, perSecond, time } from './units.ts';

const RATE = 1000;
/** A day of so many a second is the largest. */
const SIZES = [1e5, 1e6, 1e7, 86_400 * RATE];
/** Goals: for that day, in seconds; and of memory, against that of a million. */
const DAY_GOAL = 60;
const MEMORY_GOAL = 1.1;

/** Runs of growing size, each once: they are long. */
export async function forecast(): Promise<Section> {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  const run = (requests: number) => {
    const start = performance.now();
    const slices = simulate(
      {
        traffic: poisson(RATE, requests / RATE),
        service: exponential(0.1),
        coldStart: fixed(0.2),
        keepAlive: 300,
        lookEvery: 0,
        takes: 'oldest',
        concurrency: 1000,
        growth: 100,
        provisioned: 0,
        pingEvery: Number.POSITIVE_INFINITY,
      },
      1,
    );
    const seconds = (performance.now() - start) / 1000;
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    // Alive until here, as they are what the memory is for.
    return { seconds, memory: heapUsed + arrayBuffers, parts: slices.length };
  };
  run(1e5);
  const runs = SIZES.map((requests) => ({ requests, ...run(requests) }));
  const [, million, , day] = runs;
  const seconds = day?.seconds ?? Number.NaN;
  const growth = (day?.memory ?? Number.NaN) / (million?.memory ?? Number.NaN);
  return {
    title: 'Forecast: requests simulated a second',
    how: `Poisson arrivals, ${RATE} a second, exponential service of 100 ms, cold starts of 200 ms, instances that rest for 5 minutes; one run each, after one to warm up. Memory: heap and buffers after a collection, the results among them.`,
    columns: ['requests', 'time', 'a second', 'memory'],
    rows: runs.map(({ requests, seconds: took, memory }) => [
      requests.toLocaleString('en'),
      time(took),
      perSecond(requests / took),
      megabytes(memory),
    ]),
    findings: [
      `A day of ${RATE} requests a second takes ${time(seconds)} (goal: less than ${DAY_GOAL} s): ${seconds < DAY_GOAL ? 'met' : 'not met'}.`,
      `Its memory is ${growth.toFixed(2)} of that of a million requests (goal: at most ${MEMORY_GOAL}): ${growth <= MEMORY_GOAL ? 'met' : 'not met'}.`,
    ],
  };
}
