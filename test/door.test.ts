/** Who may ask the running emulator, seen from a web page, and from whoever sends what a page could. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './browser.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { type LocalServer, startServer } from './localServer.ts';
import { scrape } from './scrape.ts';
import { missing } from './servers.ts';

const INVOKE = '/2015-03-31/functions/lambdascope-dev-predict/invocations';

/** What the gateway would give to `predict`; the id of the key is whatever the sender likes. */
const EVENT = JSON.stringify({
  httpMethod: 'POST',
  resource: '/predict',
  headers: { 'content-type': 'application/json', 'x-api-key': 'any' },
  body: '{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2}',
  requestContext: { requestId: 'an-id', identity: { apiKeyId: 'forged' } },
});

let emulator: Emulator;

/** Sends a request that may claim to be from and for anywhere. */
async function ask(
  url: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
) {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = request(url, { method, headers }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const predictions = () => scrape(emulator, 'api_requests_total', /function="predict"/);
const health = () => scrape(emulator, 'api_requests_total', /function="health"/);

describe('the endpoint for AWS SDKs', () => {
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator?.stop());

  it.each([
    ['a Host that is not loopback', { host: 'rebound.example' }],
    ['a Host that only begins like loopback', { host: 'localhost.example:3002' }],
    ['an Origin', { origin: 'http://evil.example' }],
    ['an Origin on this machine', { origin: 'http://localhost:8000' }],
    ['an Origin that is hidden', { origin: 'null' }],
  ])('runs nothing for %s', async (_what, headers) => {
    const { url, lambdaUrl } = emulator;
    for (const path of [INVOKE, '/2014-11-13/functions/lambdascope-dev-predict/invoke-async/']) {
      const answer = await ask(lambdaUrl + path, { headers, body: EVENT });
      expect(answer.status).toBe(403);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    }
    // What had run before is counted by the time that this is answered.
    await ask(url);
    expect(await predictions()).toBe(0);
  });

  it('answers to an SDK, and lets it name no client', async () => {
    for (const name of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
      const host = `${name}:${new URL(emulator.lambdaUrl).port}`;
      const answer = await ask(emulator.lambdaUrl + INVOKE, { headers: { host }, body: EVENT });
      expect(JSON.parse(answer.body)).toMatchObject({ statusCode: 200 });
      expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    }
    expect(await predictions()).toBe(4);
    const { body } = await ask(`${emulator.metricsUrl}/metrics`);
    expect(body).not.toContain('forged');
    expect(await scrape(emulator, 'api_client_requests_total', /client="other"/)).toBe(4);
  });
});

describe.skipIf(missing('chromium'))('a web page of another origin', () => {
  let browser: Browser;
  let site: LocalServer;

  beforeAll(async () => {
    site = await startServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>');
    });
    [browser, emulator] = await Promise.all([launchChromium(), startEmulator()]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), emulator?.stop(), site?.close()]);
  });

  it('neither runs a function nor reads an answer by the endpoint for SDKs', async () => {
    const page = await browser.newPage();
    await page.goto(site.origin);
    const seen = await page.evaluate(
      async ([url, body]: readonly [string, string]) => {
        const send = (init: RequestInit) =>
          fetch(url, { method: 'POST', body, ...init }).then(
            async (response) => `${response.type} ${await response.text()}`,
            () => 'nothing',
          );
        return {
          simple: await send({ headers: { 'content-type': 'text/plain' } }),
          blind: await send({ mode: 'no-cors' }),
          withPreflight: await send({ headers: { 'content-type': 'application/json' } }),
          withCredentials: await send({ credentials: 'include' }),
        };
      },
      [emulator.lambdaUrl + INVOKE, EVENT] as const,
    );
    // An opaque answer says nothing of what happened.
    expect(seen).toEqual({
      simple: 'nothing',
      blind: 'opaque ',
      withPreflight: 'nothing',
      withCredentials: 'nothing',
    });
    await ask(emulator.url);
    expect(await predictions()).toBe(0);
  });

  it('reads nothing of the API, found or not', async () => {
    const page = await browser.newPage();
    await page.goto(site.origin);
    const read = await page.evaluate(
      (url) =>
        Promise.all(
          ['/', '/openapi.json', '/nothing/here', '/%zz'].map((path) =>
            fetch(url + path).then(
              () => path,
              () => undefined,
            ),
          ),
        ),
      emulator.url,
    );
    expect(read.filter(Boolean)).toEqual([]);
  });
});

describe('the API and the live page', () => {
  afterEach(() => emulator?.stop());

  it('refuse a Host that is not this machine, before any function runs', async () => {
    emulator = await startEmulator();
    for (const host of ['rebound.example', 'rebound.example:3000', '0.0.0.0']) {
      const answer = await ask(emulator.url, { headers: { host } });
      expect(answer.status, host).toBe(403);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect((await ask(`${emulator.metricsUrl}/metrics`, { headers: { host } })).status).toBe(403);
    }
    expect(await health()).toBe(0);
  });

  it('answer to what ALLOWED_HOSTS names, and the endpoint for SDKs does not', async () => {
    emulator = await startEmulator({ env: { ALLOWED_HOSTS: 'api, Lan.Example,' } });
    for (const host of ['api', 'API:3000', 'lan.example', 'localhost']) {
      const headers = { host };
      expect((await ask(emulator.url, { headers })).status, host).toBe(200);
      expect((await ask(emulator.metricsUrl, { headers })).status, host).toBe(200);
    }
    const headers = { host: 'api' };
    expect((await ask(emulator.url, { headers: { host: 'example' } })).status).toBe(403);
    expect((await ask(emulator.lambdaUrl + INVOKE, { headers, body: EVENT })).status).toBe(403);
  });

  // Only Linux has all of 127.0.0.0/8.
  it.skipIf(process.platform !== 'linux')('can be bound elsewhere without it', async () => {
    emulator = await startEmulator({ env: { BIND_HOST: '127.0.0.2' } });
    const elsewhere = (url: string) => url.replace('127.0.0.1', '127.0.0.2');
    expect((await ask(elsewhere(emulator.url))).status).toBe(200);
    await expect(ask(elsewhere(emulator.lambdaUrl))).rejects.toThrow('ECONNREFUSED');
    expect((await ask(emulator.lambdaUrl + INVOKE, { body: EVENT })).status).toBe(200);
  });
});
