/** Requests and functions on the live page: a real browser on the real emulator. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { LiveUpdate } from 'lambdascope/emulator/live/update';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyService } from '../tools/serviceCopy.ts';
import { launchChromium } from './browser.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { type OpenPage, openPage } from './openPage.ts';
import { missing } from './servers.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const HOSTILE = `<img src=x onerror="document.title='owned'">`;
/** What `lambdascope coldstart` found in `predict`. */
const HEAVIEST = { unit: 'bytes', modules: [{ name: 'forest.mjs', weight: 2048 }] };
/** More than the list keeps. */
const MANY = 1100;

let browser: Browser;
let service: Awaited<ReturnType<typeof copyService>>;
let emulator: Emulator;
const opened: OpenPage[] = [];

/** Opens a view of the page. */
async function open(view: string, options = {}): Promise<Page> {
  const one = await openPage(browser, emulator.metricsUrl, options, view);
  opened.push(one);
  return one.page;
}

const predict = async (row: object, path = '/predict') => {
  const response = await emulator.post(path, row);
  await response.text();
  return response.status;
};

/** Everything that is kept. */
async function kept(): Promise<LiveUpdate> {
  return (await (await fetch(`${emulator.metricsUrl}/live`)).json()) as LiveUpdate;
}

const rows = (page: Page) => page.locator('tbody .request-row');

/** What a row of the list says, cell by cell. */
const cells = (row: Locator) => row.locator('td').allTextContents();

/** Milliseconds of "1.5 s". */
function millis(text: string): number {
  const [value = '', unit = ''] = text.split(' ');
  return Number(value.replace(',', '')) * ({ µs: 1e-3, ms: 1, s: 1000 }[unit] ?? Number.NaN);
}

/** What axe-core finds wrong on a page. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.skipIf(missing('chromium'))('requests on the live page', () => {
  beforeAll(async () => {
    [browser, service] = await Promise.all([launchChromium(), copyService()]);
    await mkdir(join(service.folder, '.lambdascope'));
    await writeFile(
      join(service.folder, '.lambdascope/coldstart.json'),
      JSON.stringify({ functions: { predict: { coldMillis: 62, heaviest: HEAVIEST } } }),
    );
    emulator = await startEmulator({ cwd: service.folder, env: { LIMITS: 'false' } });
    expect(await predict(SETOSA)).toBe(200);
    expect(await predict({ ...SETOSA, [HOSTILE]: 1 })).toBe(422);
    expect(await predict({ instances: [SETOSA, SETOSA] }, '/predict/batch')).toBe(200);
    expect((await fetch(`${emulator.url}/predict`, { method: 'POST', body: '{}' })).status).toBe(
      403,
    );
    await eventually(async () => expect((await kept()).requests).toHaveLength(4));
  });

  afterAll(async () => {
    await browser?.close();
    expect(await emulator?.stop()).toBe(0);
    await service?.remove();
    // Whatever a test did: no error, and nothing from elsewhere.
    expect(opened.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(opened.flatMap(({ foreign }) => foreign)).toEqual([]);
  });

  it('are all there when it is opened late, reloaded, and opened twice', async () => {
    const pages = [await open('#/requests'), await open('#/requests')];
    const texts = await Promise.all(
      pages.map(async (page) => {
        await eventually(async () => expect(await rows(page).count()).toBe(4));
        return rows(page).allTextContents();
      }),
    );
    expect(texts[1]).toEqual(texts[0]);
    const [page] = pages as [Page, Page];
    await page.reload();
    await eventually(async () => expect(await rows(page).allTextContents()).toEqual(texts[0]));
    const [first] = await rows(page).all();
    if (first === undefined) throw new Error('no row');
    const [time, name, request, status, latency, start, instance, size] = await cells(
      rows(page).nth(3),
    );
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    expect([name, request, status, start]).toEqual(['predict', 'POST /predict', '200', 'cold']);
    expect(millis(latency ?? '')).toBeGreaterThan(0);
    expect(instance).toMatch(/^#\d+$/);
    expect(size).toMatch(/^75 B → \d+ B$/);
    expect((await cells(first)).slice(1, 4)).toEqual(['–', 'POST /predict', '403 gateway']);
  });

  it('can be chosen by function, status, cold start and text, and the choice stays', async () => {
    const page = await open('#/requests');
    const count = () => page.locator('.count').textContent();
    await eventually(async () => expect(await count()).toBe('4 of 4'));
    await page.getByRole('combobox', { name: 'Function' }).selectOption('predict');
    await eventually(async () => expect(await count()).toBe('2 of 4'));
    await page.getByRole('combobox', { name: 'Status' }).selectOption('4xx');
    await eventually(async () => expect(await count()).toBe('1 of 4'));
    await rows(page).first().click();
    await page.getByRole('heading', { name: 'POST /predict' }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await count()).toBe('1 of 4'));
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByLabel('Cold starts only').check();
    await eventually(async () => expect(await count()).toBe('2 of 4'));
    await page.getByRole('searchbox').fill('batch');
    await eventually(async () => expect(await count()).toBe('1 of 4'));
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('No request fits the filter.').waitFor();
  });

  it('are opened from the list, a diamond, the list of cold starts and the latency chart', async () => {
    const { requests } = await kept();
    const cold = requests.filter(({ isCold }) => isCold).toSorted((a, b) => b.seconds - a.seconds);
    const page = await open('#/requests');
    await rows(page).last().click();
    await page.getByRole('heading', { name: 'POST /predict' }).waitFor();
    expect(page.url()).toContain(`#/requests/${requests[0]?.id}`);

    await page.goto(`${emulator.metricsUrl}/#/`);
    await page.locator('.cold-starts tbody tr').first().waitFor();
    await page.getByRole('link', { name: /^Slowest of the / }).click();
    await page.getByText('What it waited for').waitFor();
    expect(page.url()).toContain(cold[0]?.id);

    await page.goto(`${emulator.metricsUrl}/#/`);
    await page.locator('.cold-starts tbody tr').first().click();
    await page.getByText('What it waited for').waitFor();
    expect(cold.map(({ id }) => page.url().includes(id))).toContain(true);

    // Wherever a click does something, the pointer says so; a diamond is one such place.
    await page.goto(`${emulator.metricsUrl}/#/`);
    const plot = page.locator('#latency .u-over');
    await plot.waitFor();
    const diamond = await diamondIn(page);
    await plot.hover({ position: diamond });
    await plot.click({ position: diamond });
    await page.getByText('What it waited for').waitFor();
    expect(cold.map(({ id }) => page.url().includes(id))).toContain(true);
  });

  it('show what a cold one waited for, and it adds up to its latency', async () => {
    const [first] = (await kept()).requests;
    const page = await open(`#/requests/${first?.id}`);
    await page.getByRole('heading', { name: 'POST /predict' }).waitFor();
    const phases = page.locator('.waterfall tbody .phase');
    const names = ['gateway', 'queue', 'init', 'function', 'answer'];
    const heads = await phases.locator('th').allTextContents();
    expect(heads.map((text, index) => text.startsWith(names[index] ?? '?'))).toEqual(
      names.map(() => true),
    );
    const times = (await phases.locator('.phase-time').allTextContents()).map(millis);
    const sum = times.reduce((all, time) => all + time, 0);
    const total = millis((await page.locator('.waterfall tfoot td').nth(1).textContent()) ?? '');
    // Each is written with three digits.
    expect(Math.abs(sum / total - 1)).toBeLessThan(0.02);
    const fact = page.locator('.request-title .facts div', { hasText: 'Latency' }).locator('dd');
    expect(millis((await fact.textContent()) ?? '')).toBe(total);
    const parts = await page.locator('.waterfall tbody .part th').allTextContents();
    expect(parts).toEqual([
      'answerWarmUp middleware',
      'handler',
      'validate span',
      'forest span',
      'outOfDistribution span',
      'setHeaders middleware',
    ]);
    // Its bars lie where their times say.
    const [init, work] = await Promise.all(
      ['.bar-init', '.bar-function'].map((bar) => page.locator(bar).boundingBox()),
    );
    expect((init?.x ?? 0) + (init?.width ?? 0)).toBeCloseTo(work?.x ?? -1, -1);
    expect(await page.locator('.modules li').allTextContents()).toEqual(['forest.mjs 2 KiB']);
    const recorded = page.locator('section', { hasText: 'Metrics that it recorded' });
    expect(await recorded.textContent()).toContain('class=setosa');
    const header = page.locator('tr', { hasText: 'x-api-key' });
    expect(await header.textContent()).toBe('x-api-keynot kept');
    expect(await page.content()).not.toContain(emulator.key);
    expect(await page.getByText(/^1-[\da-f]{8}-[\da-f]{24}$/).isVisible()).toBe(true);
  });

  it('copy as a command that a shell sends', async () => {
    const [first] = (await kept()).requests;
    const permissions = ['clipboard-read', 'clipboard-write'];
    const page = await open(`#/requests/${first?.id}`, { permissions });
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await eventually(async () => {
      const copied = await page.evaluate('navigator.clipboard.readText()');
      expect(copied).toContain(
        `curl -X POST 'http://localhost:${new URL(emulator.url).port}/predict'`,
      );
      expect(copied).toContain(`-H 'x-api-key: '"$API_KEY"`);
      expect(copied).toContain(`--data-binary '${JSON.stringify(SETOSA)}'`);
    });
  });

  it('show hostile texts as text, and problems in words', async () => {
    const bad = (await kept()).requests.find(({ status }) => status === 422);
    const page = await open(`#/requests/${bad?.id}`);
    await page.getByRole('heading', { name: 'POST /predict' }).waitFor();
    expect(await page.getByText('422 Unprocessable Content').isVisible()).toBe(true);
    const problem = page.locator('.problem');
    expect(await problem.textContent()).toContain('Invalid input 422');
    expect(await problem.locator('code').textContent()).toContain('onerror=');
    const bodies = await page.locator('pre').allTextContents();
    expect(bodies[0]).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toBe('owned');
  });

  it('are sent again, with another body, and both answers stand side by side', async () => {
    const { requests } = await kept();
    const counted = async () => (await kept()).lately.requests['predict'];
    const before = Number(await counted());
    const page = await open(`#/requests/${requests[0]?.id}`);
    await page.getByRole('button', { name: 'Send again' }).click();
    const editor = page.getByRole('textbox', { name: 'Body' });
    expect(JSON.parse(await editor.inputValue())).toEqual(SETOSA);
    await editor.fill('{"sepal_length": ');
    await page.getByText(/^No JSON: /).waitFor();
    await editor.fill(JSON.stringify({ ...SETOSA, petal_length: 5, petal_width: 2 }));
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'POST /predict, before and again' }).waitFor();
    const [left, right] = [page.getByLabel('Before'), page.getByLabel('Again')];
    await eventually(async () => {
      expect(await left.textContent()).toContain('"prediction": "setosa"');
      expect(await right.textContent()).toMatch(/"prediction": "(versicolor|virginica)"/);
    });
    expect(await right.locator('.line-changed').count()).toBeGreaterThan(0);
    await eventually(async () => expect(await counted()).toBe(before + 1));
  });

  it('are for no page of another port: it can neither read them nor send them again', async () => {
    const { requests } = await kept();
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${emulator.url}/`);
    const before = (await kept()).lately.requests['predict'];
    const outcomes = await page.evaluate(
      ([live = '', again = '']) =>
        Promise.all(
          [
            fetch(live),
            fetch(again, { method: 'POST', body: '{}' }),
            fetch(again, { method: 'POST', body: '{}', mode: 'no-cors' }),
          ].map((asked) => asked.then(({ type }) => type).catch(() => 'failed')),
        ),
      [`${emulator.metricsUrl}/live`, `${emulator.metricsUrl}/requests/${requests[0]?.id}/again`],
    );
    expect(outcomes).toEqual(['failed', 'failed', 'failed']);
    // Its own page's request is the next that is counted.
    expect(await predict(SETOSA)).toBe(200);
    await eventually(async () =>
      expect((await kept()).lately.requests['predict']).toBe(Number(before) + 1),
    );
    await page.context().close();
  });

  it('say it when one is no longer kept', async () => {
    const { page, complaints } = await openPage(
      browser,
      emulator.metricsUrl,
      {},
      '#/requests/no-such-request',
    );
    await page.getByText(/no longer kept/).waitFor();
    // What the browser says of an answer that is not good.
    expect(complaints).toEqual([expect.stringContaining('404')]);
  });

  it('come with the functions: what each is and may do, its instances and its cost', async () => {
    const page = await open('#/functions');
    const card = page.getByRole('article', { name: 'batchPredict' });
    await card.waitFor();
    const text = await card.textContent();
    for (const part of [
      'lambdascope-dev-batchPredict',
      '1,769 MB',
      '15 s',
      '20 reserved',
      'POST /predict/batch: 25/s, burst 50',
      '1 invocation',
    ]) {
      expect(text).toContain(part);
    }
    expect(await card.getByRole('img').getAttribute('aria-label')).toMatch(
      /^#\d+, on-demand, started \d\d:\d\d:\d\d, init [\d.]+ m?s, busy /,
    );
    expect(text).toMatch(/Total\$0\.\d+/);
    await card.getByRole('link').first().click();
    await page.getByText('What it waited for').waitFor();
  });

  it.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
  ] as const)('can be used by everybody: %s, at %i px', async (colorScheme, width) => {
    const { requests } = await kept();
    const [one, other] = requests.map(({ id }) => id);
    for (const view of [
      '#/',
      '#/requests',
      `#/requests/${one}`,
      `#/requests/${one}/with/${other}`,
      '#/functions',
    ]) {
      const page = await open(view, { colorScheme, viewport: { width, height: 800 } });
      await page.getByText('Live', { exact: true }).waitFor();
      await page.locator('main h2').first().waitFor();
      if (view.includes('requests/'))
        await page
          .getByText(/^\d+ \w/)
          .first()
          .waitFor();
      expect(await violations(page), view).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, view).toBe(0);
      await page.context().close();
    }
  });

  it(`are a thousand of ${MANY}, of which only those in sight are drawn, and keys reach each`, async () => {
    const page = await open('#/requests');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await rows(page).allTextContents();
    for (let sent = 0; sent < MANY; sent += 20) {
      await Promise.all(Array.from({ length: 20 }, () => predict(SETOSA)));
    }
    // All of them: those that are older than a thousand others are gone.
    const all = MANY.toLocaleString('en-US');
    await page.getByRole('button', { name: `Resume, ${all} new`, exact: true }).waitFor();
    expect(await rows(page).allTextContents()).toEqual(before);
    await page.keyboard.press('p');
    await eventually(async () =>
      expect(await page.locator('.count').textContent()).toBe('1,000 of 1,000'),
    );
    const grid = page.getByRole('grid');
    expect(await grid.getAttribute('aria-rowcount')).toBe('1001');
    expect(await rows(page).count()).toBeLessThan(100);
    await rows(page).first().focus();
    await page.keyboard.press('End');
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex'));
    await eventually(async () => expect(await focused()).toBe('1001'));
    await page.keyboard.press('ArrowUp');
    await eventually(async () => expect(await focused()).toBe('1000'));
    await page.keyboard.press('Enter');
    await page.getByText('What it waited for').waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await focused()).toBe('1000'));
    await page.keyboard.press('/');
    const isTyping = () => page.evaluate(() => document.activeElement?.getAttribute('type'));
    await eventually(async () => expect(await isTyping()).toBe('search'));
  });
});

/** Where a diamond of the latency chart is, from the plot's corner: the pointer over it says that it opens. */
async function diamondIn(page: Page): Promise<{ x: number; y: number }> {
  let found: { x: number; y: number } | undefined;
  await eventually(async () => {
    found = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#latency canvas');
      const plot = document.querySelector('#latency .u-over')?.getBoundingClientRect();
      const key = document.querySelector('#latency .key-diamond');
      const context = canvas?.getContext('2d');
      if (!canvas || !context || !plot || !key) return undefined;
      const [red, green, blue] =
        getComputedStyle(key).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const box = canvas.getBoundingClientRect();
      let last: { x: number; y: number } | undefined;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue) continue;
        const pixel = at / 4;
        last = {
          x: box.left + (pixel % canvas.width) / devicePixelRatio - plot.left,
          y: box.top + Math.floor(pixel / canvas.width) / devicePixelRatio - plot.top - 3,
        };
      }
      return last;
    });
    expect(found).toBeDefined();
  });
  return found ?? { x: 0, y: 0 };
}
