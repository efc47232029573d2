import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { launchChromium } from './browser.ts';
import { startEmulator } from './emulator.ts';
import { missing } from './servers.ts';

const emulator = await startEmulator();
afterAll(() => emulator.stop());

describe('GET /openapi.json', () => {
  it('is a valid OpenAPI 3.1 document of the routes and the features', async () => {
    const response = await fetch(`${emulator.url}/openapi.json`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const document = (await response.json()) as { paths: object };
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(Object.keys(document.paths)).toEqual(['/', '/predict', '/predict/batch', '/labels']);
    expect(JSON.stringify(document)).toContain('sepal_length');
  });
});

describe('the answers', () => {
  const good = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
  const far = { ...good, sepal_length: 100 };
  const doubtful = { sepal_length: 6, sepal_width: 2.7, petal_length: 5, petal_width: 1.7 };

  it.each([
    ['get', '/', undefined, 200],
    ['post', '/predict', good, 200],
    ['post', '/predict', far, 200],
    ['post', '/predict', doubtful, 200],
    ['post', '/predict', {}, 422],
    ['post', '/predict/batch', { instances: [good, far, doubtful] }, 200],
    ['post', '/predict/batch', { columns: Object.keys(good), data: [[1, 2, 3, 4]] }, 200],
    ['post', '/predict/batch', { instances: [1] }, 422],
    ['post', '/labels', { request_id: 'never', class: 'setosa' }, 404],
    ['post', '/labels', {}, 422],
  ] as const)('are what the document says: %s %s %j', async (method, path, body, status) => {
    const document = (await (await fetch(`${emulator.url}/openapi.json`)).json()) as object;
    const response = await fetch(emulator.url + path, {
      method: method.toUpperCase(),
      headers: { 'x-api-key': emulator.key, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(response.status).toBe(status);
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const where = ['paths', path, method, 'responses', status, 'content', type, 'schema'];
    const pointer = where.map((token) => String(token).replaceAll('/', '~1')).join('/');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'openapi');
    const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
    validate(await response.json());
    expect(validate.errors).toBeNull();
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
