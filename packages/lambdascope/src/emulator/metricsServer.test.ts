import { once } from 'node:events';
import { type IncomingMessage, request, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type RequestHandler, startMetricsServer } from './metricsServer.ts';
import { OPENMETRICS_TYPE } from './openMetricsText.ts';

let server: Server;
let port: number;
let metrics: () => Promise<string>;

beforeAll(async () => {
  server = await startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: ['lan.example'],
    metrics: [
      { contentType: 'text/plain; version=0.0.4', text: () => metrics() },
      { contentType: OPENMETRICS_TYPE, text: async () => '# EOF\n' },
    ],
    pages: [answerAt('/', 'the page')],
    actions: [answerAt('/action', 'done')],
  });
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterAll(() => {
  server.close();
});

function answerAt(path: string, body: string): RequestHandler {
  return (incoming, response) => {
    if (incoming.url !== path) return false;
    response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    return true;
  };
}

async function ask(
  path: string,
  { method = 'GET', host = `localhost:${port}`, ...headers }: Record<string, string> = {},
) {
  metrics = async () => 'up 1\n';
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { host, ...headers },
  }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

it.each(['localhost', '127.0.0.1', '127.8.9.10', '[::1]', 'lan.example'])(
  'gives the metrics to %s',
  async (name) => {
    const { status, headers, body } = await ask('/metrics', { host: `${name}:${port}` });
    expect({ status, body }).toEqual({ status: 200, body: 'up 1\n' });
    expect(headers['content-type']).toBe('text/plain; version=0.0.4');
  },
);

it.each([
  // Prometheus, as it is and with created timestamps; then browsers and scripts.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPENMETRICS_TYPE,
  ],
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPENMETRICS_TYPE,
  ],
  ['text/plain;version=0.0.4;q=0.9,*/*;q=0.1', 'text/plain; version=0.0.4'],
  ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'text/plain; version=0.0.4'],
  ['*/*', 'text/plain; version=0.0.4'],
  ['Application/OpenMetrics-Text', OPENMETRICS_TYPE],
  ['application/*;q=0.5, text/plain;q=0.4', OPENMETRICS_TYPE],
  ['application/openmetrics-text;q=0, */*', 'text/plain; version=0.0.4'],
  ['application/openmetrics-text; version=2.0.0, */*; q=0.1', 'text/plain; version=0.0.4'],
  ['application/json', 'text/plain; version=0.0.4'],
])('gives the metrics in the format that is liked best of %s', async (accept, type) => {
  expect((await ask('/metrics', { accept })).headers['content-type']).toBe(type);
});

it('gives the page, its own paths, and nothing else', async () => {
  expect(await ask('/')).toMatchObject({ status: 200, body: 'the page' });
  expect(await ask('/metrics?name=up')).toMatchObject({ status: 200, body: 'up 1\n' });
  expect(await ask('/metrics/../etc/passwd')).toMatchObject({ status: 404 });
});

it.each(['evil.example', 'evil.example:9464', 'localhost.evil.example', 'localhost:9464:1'])(
  'refuses a browser that was rebound to it under the name "%s"',
  async (host) => {
    expect(await ask('/metrics', { host })).toMatchObject({ status: 403 });
    expect(await ask('/', { host })).toMatchObject({ status: 403 });
  },
);

const SAME = 'same-origin';

it.each([
  ['https://evil.example', 'cross-site'],
  ['http://localhost:3000', 'same-site'],
  ['null', 'cross-site'],
  ['http://localhost.evil.example', undefined],
])('refuses a page from %s', async (origin, site) => {
  const headers = { origin, ...(site !== undefined && { 'sec-fetch-site': site }) };
  for (const path of ['/', '/metrics', '/action']) {
    for (const method of ['GET', 'POST']) {
      expect(await ask(path, { method, ...headers })).toMatchObject({ status: 403 });
    }
  }
});

it('refuses what another site loads without saying its origin, but not a link from it', async () => {
  const cross = { 'sec-fetch-site': 'cross-site' };
  expect(await ask('/metrics', { ...cross, 'sec-fetch-mode': 'no-cors' })).toMatchObject({
    status: 403,
  });
  expect(await ask('/', { ...cross, 'sec-fetch-mode': 'navigate' })).toMatchObject({ status: 200 });
});

it('does what its own page asks, by whichever of its names', async () => {
  for (const name of ['localhost', '127.0.0.1', 'lan.example']) {
    const host = `${name}:${port}`;
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': SAME };
    expect(await ask('/action', { method: 'POST', ...own })).toMatchObject({ body: 'done' });
    expect(await ask('/', own)).toMatchObject({ body: 'the page' });
  }
});

it('takes GET and HEAD only', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await ask('/metrics', { method });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD' });
  }
  expect(await ask('/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
});

it('keeps browsers from guessing, framing and sharing, whatever it answers', async () => {
  for (const path of ['/', '/metrics', '/nothing']) {
    expect((await ask(path)).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    expect((await ask(path)).headers).not.toHaveProperty('access-control-allow-origin');
  }
});

it('says that something is wrong without saying what, and lives on', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const sent = request({ host: '127.0.0.1', port, path: '/metrics' });
  metrics = async () => {
    throw new Error('secret');
  };
  const [response] = (await once(sent.end(), 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(500);
  expect(await text(response)).not.toContain('secret');
  expect(said).toHaveBeenCalled();
  expect(await ask('/metrics')).toMatchObject({ status: 200 });
});
