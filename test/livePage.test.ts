/** The live page in a real browser, on the real emulator. */
import { mkdir, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { thresholds } from 'lambdascope/dashboards/thresholds';
import { type History, startHistory } from 'lambdascope/emulator/live/history';
import { answerLive } from 'lambdascope/emulator/live/liveRoutes';
import { createRequestLog } from 'lambdascope/emulator/live/requestLog';
import { createLivePage, shownMetrics } from 'lambdascope/emulator/livePage';
import { startMetricsServer } from 'lambdascope/emulator/metricsServer';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';
import { Counter, Gauge, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { model } from '../lib/servedModel.ts';
import { launchChromium } from './browser.ts';
import { copyGatedService, type GatedService, sendWarm } from './coldBurst.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { openPage } from './openPage.ts';
import { missing } from './servers.ts';

const BURST = 16;
const cores = availableParallelism();
/** From a note's lower edge to the middle of its diamond, in CSS pixels. */
const DIAMOND_BELOW_NOTE = 9;
const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

let browser: Browser;

const open = (url: string, options?: BrowserContextOptions) => openPage(browser, url, options);

/** The number of a tile and the line below it. */
async function tile(page: Page, label: string): Promise<{ value: string; context: string }> {
  const found = page.locator('.tile', { has: page.getByText(label, { exact: true }) });
  const [value = '', context = ''] = await found.locator('dd').allTextContents();
  return { value: value.trim(), context };
}

/** The panel with this title. */
function panel(page: Page, title: string): Locator {
  return page.locator('.panel', { has: page.getByRole('heading', { name: title, exact: true }) });
}

/** What a chart says in words. */
function described(page: Page, title: string): Promise<string | null> {
  return panel(page, title).locator('.plot').getAttribute('aria-label');
}

/** What the head of the page says. */
function fact(page: Page, title: string): Promise<string | null> {
  const found = page.locator('.facts div', { has: page.getByText(title, { exact: true }) });
  return found.locator('dd').textContent();
}

/** Pixels of a chart that have exactly the colour of cold starts. */
function coldStartPixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#latency canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    const key = document.querySelector('#latency .key-diamond');
    if (!pixels || !key) return 0;
    const [red, green, blue] =
      getComputedStyle(key).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at] === red && pixels[at + 1] === green && pixels[at + 2] === blue) count += 1;
    }
    return count;
  });
}

describe.skipIf(missing('chromium'))('the live page', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    [browser, emulator] = await Promise.all([launchChromium(), startEmulator()]);
  });

  afterAll(async () => {
    await Promise.all([browser?.close(), emulator?.stop()]);
  });

  const predict = (row: object) => emulator.post('/predict', row);

  it('goes from the first hint to the numbers, the cold starts and the errors of real traffic', async () => {
    const { page, complaints, foreign } = await open(emulator.metricsUrl);
    await page.getByText('No request yet').waitFor();
    await eventually(async () => {
      const { port } = new URL(emulator.url);
      expect(await page.locator('#example').textContent()).toMatch(
        new RegExp(`sepal_length.*http://127.0.0.1:${port}/predict$`),
      );
    });
    expect(await coldStartPixels(page)).toBe(0);

    for (let sent = 0; sent < 20; sent += 1) await predict(SETOSA);
    await predict({ ...SETOSA, sepal_length: 100 });
    await predict({ ...SETOSA, colour: 'blue' });

    await eventually(async () => {
      expect((await tile(page, 'Requests')).context).toMatch(/: 22$/);
      expect((await tile(page, 'Cold starts')).value).toBe('1');
      expect((await tile(page, 'Errors')).context).toMatch(/: 1$/);
      expect((await tile(page, 'Refused')).context).toMatch(/: 0$/);
      expect((await tile(page, 'Instances')).value).toBe('1');
      expect((await tile(page, 'Latency p50')).context).toMatch(/: [\d.]+ (µs|ms|s)$/);
      expect((await tile(page, 'Out of distribution')).context).toMatch(/: 4\.76 %$/);
    });
    expect(await page.getByText('No request yet').isVisible()).toBe(false);
    expect(await fact(page, 'Model')).toBe(`${model.name} ${model.version}`);
    expect(await fact(page, 'Cold starts')).toBe('1 since start');
    expect(await page.locator('.cold-starts tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\dpredict1[\d.]+ m?s[\d.]+ m?s$/),
    ]);
    expect(await coldStartPixels(page)).toBeGreaterThan(30);
    expect(await described(page, 'Requests')).toContain('predict ');
    expect(await described(page, 'Errors')).toContain('memory 0');
    expect(await described(page, 'Refused')).toContain('reserved 0, account 0');
    expect(await described(page, 'Memory')).toMatch(/predict [\d.]+ (B|MiB)/);
    expect(await described(page, 'Predicted classes')).toContain('setosa ');

    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
    await page.context().close();
  });

  it('says since when the server is away, and shows the new one as every page does', async () => {
    const { page, complaints } = await open(emulator.metricsUrl);
    await page.getByText('Live', { exact: true }).waitFor();
    const { port } = new URL(emulator.url);
    const metricsPort = new URL(emulator.metricsUrl).port;
    await emulator.stop();
    await page.getByText(/^Not reachable since \d\d:\d\d:\d\d$/).waitFor();
    expect(await page.getByText('is asked again every second').isVisible()).toBe(true);

    emulator = await startEmulator({ env: { API_PORT: port, METRICS_PORT: metricsPort } });
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByText('is asked again every second').isVisible()).toBe(false);
    await predict(SETOSA);
    const late = await open(emulator.metricsUrl);
    for (const one of [page, late.page]) {
      await eventually(async () => {
        expect((await tile(one, 'Requests')).context).toMatch(/: 1$/);
        expect(await fact(one, 'Cold starts')).toBe('1 since start');
      });
    }
    expect(complaints).toEqual([]);
    await Promise.all([page.context().close(), late.page.context().close()]);
  });

  it('follows the system to dark, and the button from there', async () => {
    const { page } = await open(emulator.metricsUrl, { colorScheme: 'dark' });
    const background = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await background();
    const button = page.getByRole('button', { name: 'Dark theme' });
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await button.click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await background()).toBe(light);
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await page.context().close();
  });

  it.each([390, 1000, 1280, 1440, 1920])(
    'fills its rows of tiles and panels at %i px',
    async (width) => {
      const { page } = await open(emulator.metricsUrl, { viewport: { width, height: 900 } });
      await page.getByRole('heading', { name: 'Confidence' }).waitFor();
      for (const part of ['.tile', '.panel']) {
        const right = await page.locator(part).evaluateAll((elements) => {
          const rows = new Map<number, number>();
          for (const element of elements) {
            const { top, right } = element.getBoundingClientRect();
            rows.set(Math.round(top), Math.max(rows.get(Math.round(top)) ?? 0, Math.round(right)));
          }
          return [...rows.values()];
        });
        expect(new Set(right).size, part).toBe(1);
      }
      const tops = await page
        .locator('.tile')
        .evaluateAll((tiles) => tiles.map((one) => one.getBoundingClientRect().top));
      const inRow = [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
      expect(Math.max(...inRow) - Math.min(...inRow)).toBeLessThanOrEqual(1);
      await page.context().close();
    },
  );

  it('fits a phone without scrolling sideways', async () => {
    const { page } = await open(emulator.metricsUrl, { viewport: { width: 360, height: 740 } });
    await page.getByText('Live', { exact: true }).waitFor();
    const overflow = () =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    expect(await overflow()).toBe(0);
    await page.context().close();
  });
});

/** What the browser was last asked to write on a chart, and where, in CSS pixels. */
interface Written {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Keeps what is written on each canvas since it was last cleared. */
async function watchTexts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...area) {
      Object.assign(this.canvas, { written: [] });
      clearRect.apply(this, area);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...width) {
      const { written = [] } = this.canvas as HTMLCanvasElement & { written?: object[] };
      written.push({ text, x: x / devicePixelRatio, y: y / devicePixelRatio });
      fillText.call(this, text, x, y, ...width);
    };
  });
}

describe.skipIf(missing('chromium'))(
  `the live page at a burst of ${BURST} cold starts, under 5 % of the requests`,
  () => {
    let service: GatedService;
    let emulator: Emulator;

    beforeAll(async () => {
      [browser, service] = await Promise.all([launchChromium(), copyGatedService()]);
      await mkdir(join(service.folder, '.lambdascope'));
      await writeFile(
        join(service.folder, '.lambdascope/coldstart.json'),
        JSON.stringify({ functions: { health: { coldMillis: 62 } } }),
      );
      // Without limits, as these are more requests than a key may send.
      emulator = await startEmulator({
        cwd: service.folder,
        env: { IDLE_SECONDS: '600', LIMITS: 'false' },
      });
    });

    afterAll(async () => {
      await Promise.all([browser?.close(), emulator?.stop()]);
      await service?.remove();
    });

    it('shows every one, in a diamond at the height of what their clients waited', async () => {
      const context = await browser.newContext();
      await watchTexts(context);
      const page = await context.newPage();
      await page.goto(`${emulator.metricsUrl}/`);
      await page.getByText('Live', { exact: true }).waitFor();
      await sendWarm(emulator, 20 * (BURST + 1));
      await service.burst(emulator, BURST);

      await eventually(async () => {
        const { value, context: share } = await tile(page, 'Cold starts');
        expect(value).toBe(String(BURST + 1));
        expect(Number.parseFloat(share)).toBeLessThan(5);
      });
      const rows = await coldStartRows(page, 'health');
      expect(rows.reduce((all, { count }) => all + count, 0)).toBe(BURST);
      // Nobody compares that init with AWS', where they do not compete.
      const contended = BURST > cores ? `${BURST} at once on ${cores} cores; alone 62 ms` : '';
      const inRows = page.locator('.cold-starts tbody tr', { hasText: 'health' });
      expect(await inRows.locator('.contention').allTextContents()).toEqual(
        rows.map(() => contended),
      );

      // The scrape that had most of them: its note always has room.
      const most = rows.toSorted((a, b) => b.count - a.count)[0];
      if (most === undefined) throw new Error('no row');
      const texts = await page.evaluate(() => {
        const canvas = document.querySelector('#latency canvas') as { written?: Written[] } | null;
        return canvas?.written ?? [];
      });
      const note = texts.find(({ text }) => text === `×${most.count}  init ${most.init}`);
      const diamond = (note?.y ?? Number.NaN) + DIAMOND_BELOW_NOTE;
      expect(Math.abs(diamond - heightOf(seconds(most.latency), texts))).toBeLessThan(3);
      expect(await coldStartPixels(page)).toBeGreaterThan(30);
      await context.close();
    });
  },
);

interface ColdStartRow {
  readonly count: number;
  readonly latency: string;
  readonly init: string;
}

/** What the table of cold starts has of a function. */
async function coldStartRows(page: Page, name: string): Promise<ColdStartRow[]> {
  const rows = page.locator('.cold-starts tbody tr', { hasText: name });
  const cells = await Promise.all(
    (await rows.all()).map((row) => row.locator('td').allTextContents()),
  );
  return cells.map(([, , count = '', latency = '', init = '']) => ({
    count: Number(count),
    latency,
    init,
  }));
}

/** Where a latency is on the chart, by the labels of its logarithmic axis. */
function heightOf(latency: number, texts: readonly Written[]): number {
  const ticks = texts.flatMap(({ text, y }) =>
    /^1(0|00)? (µs|ms|s)$/.test(text) ? [{ at: seconds(text), y }] : [],
  );
  const [low, high] = [ticks.at(0), ticks.at(-1)];
  if (low === undefined || high === undefined) throw new Error('no axis');
  const decades = (value: number) => Math.log10(value / low.at);
  return low.y + (decades(latency) / decades(high.at)) * (high.y - low.y);
}

/** "1.5 s" as a number. */
function seconds(text: string): number {
  const [value = '', unit = ''] = text.split(' ');
  return Number(value.replace(',', '')) * ({ µs: 1e-6, ms: 1e-3, s: 1 }[unit] ?? Number.NaN);
}

describe.skipIf(missing('chromium'))('the live page with hostile names', () => {
  const names = ['<img src=x onerror="document.title=\'owned\'">', '"quoted\\"', 'two\nlines'];
  const definitions = [
    {
      name: 'orders_total',
      kind: 'counter',
      labels: ['kind'],
      help: '<i>Orders</i>.',
      panel: { title: '<i>Kinds</i>', show: 'share' },
    },
    {
      name: 'shop_info',
      kind: 'gauge',
      labels: ['name', 'version'],
      help: '<i>Shop</i>.',
      panel: { title: '<i>Shop</i>', show: 'info' },
    },
  ] as const;
  let server: Server;
  let history: History;
  let requests: Counter;

  beforeAll(async () => {
    browser = await launchChromium();
    const registry = new Registry();
    const registers = [registry];
    const [orders, shop] = definitions.map(({ name, kind, labels, help }) => {
      const Kind = kind === 'counter' ? Counter<string> : Gauge<string>;
      return new Kind({ name, help, labelNames: labels, registers });
    });
    for (const kind of names) orders?.inc({ kind }, 1);
    shop?.inc({ name: '<b>shop</b>', version: '<u>1</u>' }, 1);
    requests = new Counter({
      name: 'api_requests_total',
      help: 'Requests.',
      labelNames: ['function'],
      registers,
    });
    const log = createRequestLog();
    history = await startHistory({
      registry,
      drain() {},
      shown: () => shownMetrics(definitions),
      log,
      drift: thresholds.drift,
    });
    const parts = {
      history,
      log,
      functions: {
        add() {},
        view: () => ({ from: 0, to: 1, functions: [] }),
        close() {},
      },
      detail: () => Promise.reject(new Error('there is no request')),
      sendAgain: () => Promise.reject(new Error('there is no request')),
    };
    server = await startMetricsServer({
      host: '127.0.0.1',
      port: 0,
      metrics: [{ contentType: registry.contentType, text: () => registry.metrics() }],
      pages: [
        answerLive(parts),
        createLivePage({
          directory: new URL('../packages/lambdascope/dist/page/', import.meta.url),
          neighbours: [{ title: '<b>API</b>', port: 3000 }],
          example: '<b>curl</b>',
          metrics: () => definitions,
          drift: thresholds.drift,
        }),
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    history?.close();
    server?.close();
    server?.closeAllConnections();
  });

  it('shows them as text', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { page, complaints, foreign } = await open(url);
    await eventually(async () => {
      const labels = panel(page, '<i>Kinds</i>').locator('.legend-label');
      expect(await labels.allTextContents()).toEqual(names);
      expect(await fact(page, '<i>Shop</i>')).toBe('<b>shop</b> <u>1</u>');
    });
    expect(await page.locator('#example').textContent()).toBe('<b>curl</b>');
    requests.inc({ function: '<b>order</b>' });
    await eventually(async () => {
      const labels = page.locator('#requests .legend-label');
      expect(await labels.allTextContents()).toEqual(['<b>order</b>']);
    });
    expect(await page.locator('.link').first().textContent()).toBe('<b>API</b>');
    expect(await page.title()).toBe('lambdascope');
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });
});
