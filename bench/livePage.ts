/** What the live page costs the emulator, open in Chromium or only asked as it asks, and how it stays itself. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/browser.ts';
import { evenly } from '../tools/load/arrivals.ts';
import { openLoop } from '../tools/load/openLoop.ts';
import { openSender } from '../tools/load/sender.ts';
import { inTurn } from './measure.ts';
import { rowRequest } from './rowRequest.ts';
import type { Section } from './section.ts';
import { type BenchServer, startOurs } from './servers.ts';
import { throughput } from './throughput.ts';
import { perSecond, share, time, times } from './units.ts';

const CONNECTIONS = 20;
/** Time of each turn, in seconds. */
const SLICE = 3;
const ROUNDS = 9;
/** The steady rate, in requests a second, and how long it goes on. */
const RATE = 1000;
const STEADY = 60;
/** Ticks of the processors' clock in a second, on every Linux that Node runs on. */
const TICKS = 100;

/** What must be left of the throughput. */
const GOAL = 0.95;

/** With one emulator: a page that asks, and none, in turn; then a minute at a steady rate, without a page and with one. */
export async function livePage(): Promise<Section> {
  const emulator = await startOurs();
  const browser = await launchChromium();
  try {
    const rates = await inTurn(
      {
        closed: () => throughput(emulator, CONNECTIONS, SLICE),
        asked: () => whileAsked(emulator, () => throughput(emulator, CONNECTIONS, SLICE)),
      },
      ROUNDS,
    );
    const closed = await steady(emulator);
    const open = await steadyWithPage(emulator, browser);
    const left = rates.asked / rates.closed;
    const added = open.cpuSeconds / closed.cpuSeconds - 1;
    return {
      title: 'The live page: what it costs to keep it open',
      how: `Throughput: ${CONNECTIONS} connections that send a row each, in turn for ${SLICE} s, median of ${ROUNDS} rounds, while a client asks \`/live\` as the page does, and while none does; the client shares the machine. Steady: ${RATE} requests a second for ${STEADY} s, with the list of requests open in Chromium on the same machine, and without; the processors' time is the emulator's own, all its instances included.`,
      columns: ['what', 'no page', 'with the page', 'added'],
      rows: [
        ['throughput', perSecond(rates.closed), perSecond(rates.asked), share(left - 1)],
        [
          "processors' time of a request, steady",
          time(closed.cpuSeconds),
          time(open.cpuSeconds),
          share(added),
        ],
        ['answered, steady', closed.answered, open.answered, ''],
        ['longest that the page did not draw, steady', '', time(open.longestPause), ''],
      ],
      findings: [
        `With an open page the emulator answers ${times(left)} as many requests (goal: at least ${times(GOAL)}): ${left >= GOAL ? 'met' : 'not met'}.`,
        `At ${RATE} requests a second it adds ${share(added)} to the emulator's time of the processors.`,
        `At ${RATE} requests a second the page drew at least every ${time(open.longestPause)}, and half of its frames came within ${time(open.medianFrame)}.`,
      ],
    };
  } finally {
    await browser.close();
    await emulator.stop();
  }
}

/** Does something while a client asks as an open page does. */
async function whileAsked(emulator: BenchServer, work: () => Promise<number>): Promise<number> {
  let isDone = false;
  const asking = (async () => {
    let known = '';
    while (!isDone) {
      const response = await fetch(`${emulator.metricsOrigin}/live${known}`);
      const { history, newest } = (await response.json()) as { history: string; newest: number };
      known = `?history=${history}&after=${newest}`;
    }
  })();
  const result = await work();
  isDone = true;
  await asking;
  return result;
}

/** A steady rate: how many were answered, and what one took of the processors. */
async function steady(emulator: BenchServer) {
  const { send, close } = openSender({ origin: emulator.origin, connections: CONNECTIONS });
  let answered = 0;
  const before = await cpuSeconds(emulator);
  await openLoop({
    arrivals: evenly(RATE, STEADY),
    request: () => rowRequest,
    send,
    connections: CONNECTIONS,
    deadline: 2 * STEADY * 1000,
    onOutcome(_request, outcome) {
      if ('status' in outcome && outcome.status === 200) answered += 1;
    },
  });
  const after = await cpuSeconds(emulator);
  await close();
  return { answered, cpuSeconds: (after - before) / answered };
}

async function steadyWithPage(emulator: BenchServer, browser: Browser) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${emulator.metricsOrigin}/#/requests`);
  await watchFrames(page);
  const result = await steady(emulator);
  const frames = await page.evaluate(() => (globalThis as unknown as Watched).frames);
  await page.close();
  const sorted = frames.toSorted((a, b) => a - b);
  return {
    ...result,
    longestPause: (sorted.at(-1) ?? Number.NaN) / 1000,
    medianFrame: (sorted[sorted.length >> 1] ?? Number.NaN) / 1000,
  };
}

/** Milliseconds between the frames that the page has drawn. */
interface Watched {
  frames: number[];
  requestAnimationFrame(drawn: (at: number) => void): void;
}

async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const window = globalThis as unknown as Watched;
    window.frames = [];
    let last = performance.now();
    const drawn = () => {
      const now = performance.now();
      window.frames.push(now - last);
      last = now;
      window.requestAnimationFrame(drawn);
    };
    window.requestAnimationFrame(drawn);
  });
}

/** What a process has had of the processors, all its threads included. */
async function cpuSeconds({ pid }: BenchServer): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / TICKS;
}
