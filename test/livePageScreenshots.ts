/** Takes the pictures of the live page in docs/: the emulator and Prometheus for real, under the tour's traffic. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../tools/root.ts';
import { launchChromium } from './browser.ts';
import { startEmulator } from './emulator.ts';
import { startProgram } from './program.ts';

const VIEWPORT = { width: 1440, height: 900 };
/** Steady traffic at the end, so that the big numbers show some, in seconds. */
const LAST_SECONDS = 30;

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
  for (const [colorScheme, file] of [
    ['light', 'live-page.png'],
    ['dark', 'live-page-dark.png'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(root, 'docs', file) });
  }
  await last;
} finally {
  await browser.close();
  await emulator.stop();
  await prometheus.stop();
}

/** Runs `npm run load` to its end. */
async function load(...args: readonly string[]): Promise<void> {
  const { port: apiPort } = new URL(emulator.url);
  const { port: metricsPort } = new URL(emulator.metricsUrl);
  const child = spawn(process.execPath, [join(root, 'tools/load/cli.ts'), ...args], {
    env: { ...process.env, API_PORT: apiPort, METRICS_PORT: metricsPort, API_KEY: emulator.key },
    stdio: 'inherit',
  });
  await once(child, 'exit');
}
