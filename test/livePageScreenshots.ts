/** Takes the pictures of the live page in docs/: the emulator and Prometheus for real, under the tour's traffic. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveUpdate } from 'lambdascope/emulator/live/update';
import { root } from '../tools/root.ts';
import { launchChromium } from './browser.ts';
import { startEmulator } from './emulator.ts';
import { startProgram } from './program.ts';

/** The function of the opened request. */
const FUNCTION = 'predict';

const VIEWPORT = { width: 1440, height: 900 };
/** How the page is drawn, and the file of its picture. */
const THEMES = [
  ['light', 'live-page.png'],
  ['dark', 'live-page-dark.png'],
] as const;
/** Steady traffic at the end, so that the big numbers show some, in seconds. */
const LAST_SECONDS = 30;

// What the opened request's init was made of.
await run('packages/lambdascope/dist/cli.js', 'coldstart', '-f', FUNCTION);
const prometheus = await startProgram('prometheus');
const { port: prometheusPort } = new URL(prometheus.url);
const emulator = await startEmulator({ env: { PROMETHEUS_PORT: prometheusPort } });
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: 2 });
  await page.goto(emulator.metricsUrl);
  await load('tour');
  const last = load('steady', '--duration', String(LAST_SECONDS));
  await pause((LAST_SECONDS * 1000) / 2);
  for (const [colorScheme, file] of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(root, 'docs', file) });
  }
  await last;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${emulator.metricsUrl}/#/requests/${await coldRequest()}`);
  await page.getByText('What it waited for').waitFor();
  await page.screenshot({ path: join(root, 'docs/live-page-request.png') });
} finally {
  await browser.close();
  await emulator.stop();
  await prometheus.stop();
}

/** Id of a cold request to a function. */
async function coldRequest(): Promise<string> {
  const { frames } = (await (await fetch(`${emulator.metricsUrl}/live`)).json()) as LiveUpdate;
  const id = frames.findLast(({ slowestCold }) => FUNCTION in slowestCold)?.slowestCold[FUNCTION];
  if (id === undefined) throw new Error(`no cold start of ${FUNCTION}`);
  return id;
}

/** Runs `npm run load` to its end. */
function load(...args: readonly string[]): Promise<void> {
  process.env['API_PORT'] = new URL(emulator.url).port;
  process.env['METRICS_PORT'] = new URL(emulator.metricsUrl).port;
  process.env['API_KEY'] = emulator.key;
  return run('tools/load/cli.ts', ...args);
}

/** Runs a program of this repository to its end. */
async function run(program: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  await once(child, 'exit');
}
