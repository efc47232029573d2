import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './browser.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { missing } from './servers.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => {
  await emulator?.stop();
});

describe('GET /openapi.json', () => {
  it('is a valid OpenAPI 3.1 document of the routes and the features', async () => {
    const response = await fetch(`${emulator.url}/openapi.json`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const document = (await response.json()) as { paths: object };
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(Object.keys(document.paths)).toEqual(['/', '/predict', '/predict/batch']);
    expect(JSON.stringify(document)).toContain('sepal_length');
  });
});

describe.skipIf(missing('chromium'))('GET /docs', () => {
  it('predicts from the page, with the key', async () => {
    const browser = await launchChromium();
    const page = await browser.newPage();
    const complaints: string[] = [];
    const foreign: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(emulator.url) && !url.startsWith('data:')) foreign.push(url);
    });
    try {
      await page.goto(`${emulator.url}/docs`);
      await page.getByRole('button', { name: 'Authorize' }).click();
      await page.locator('.auth-container input').fill(emulator.key);
      await page.getByRole('button', { name: 'Apply credentials' }).click();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.locator('#operations-model-predict').getByRole('button').first().click();
      await page.locator('#operations-model-predict .execute').click();
      const answer = page.locator('#operations-model-predict .live-responses-table .response');
      await answer.waitFor();
      expect(await answer.textContent()).toContain('setosa');
      expect(await answer.textContent()).toContain('200');
    } finally {
      await browser.close();
    }
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });
});

describe('GET /docs/{file}', () => {
  it('serves no file but its own', async () => {
    for (const path of ['/docs/index.mjs', '/docs/..%2Fopenapi.json', '/docs/__proto__']) {
      expect((await fetch(emulator.url + path)).status).toBe(404);
    }
  });
});
