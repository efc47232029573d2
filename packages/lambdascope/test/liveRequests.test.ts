/** What the live page can ask of the requests of any service, on the real emulator. */
import { symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { FunctionsView } from 'lambdascope/emulator/live/functionView';
import type { RequestDetail, RequestSummary } from 'lambdascope/emulator/live/request';
import type { LiveUpdate } from 'lambdascope/emulator/live/update';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { temporaryFolder } from '../../../test/temporaryFolder.ts';
import { type RunningService, start, writeFiles } from './stranger.ts';

const nodeModules = join(import.meta.dirname, '../../../node_modules');
const KEY = 'key-of-this-test';
const SECRET = 'never-to-be-kept';

const handlers = `
import middy from '@middy/core';
import { observe, observed } from 'lambdascope/observe';
import { middySpans, span } from 'lambdascope/span';

console.log('loading');

export const plain = async (event) => {
  const { order } = event.queryStringParameters ?? event;
  console.log('order', order);
  if (order === 'fail') throw new Error('as is meant');
  return { statusCode: 200, headers: { 'set-cookie': 'a=${SECRET}' }, body: JSON.stringify({ order }) };
};

const checks = { before: async function check() { await new Promise((go) => setTimeout(go, 5)); } };
export const chained = middy(async (event) => {
  const order = span('read', () => JSON.parse(event.body));
  await span('store', () => new Promise((go) => setTimeout(go, 10)));
  return { statusCode: 201, body: JSON.stringify({ stored: order }) };
}, middySpans).use(observe()).use(checks);

export const counted = observed(async (event) => ({ got: event }));
`;

const folder = temporaryFolder();
const running: RunningService[] = [];

beforeAll(() => symlink(nodeModules, join(folder, 'node_modules')));

afterAll(async () => {
  for (const service of running) expect(await service.stop()).toBe(0);
});

async function serve(name: string, custom: object = {}): Promise<RunningService> {
  const path = join(folder, name);
  await writeFiles(path, {
    'handlers.mjs': handlers,
    'serverless.yml': {
      service: 'shop',
      provider: {
        name: 'aws',
        runtime: 'nodejs24.x',
        region: 'us-east-1',
        apiGateway: {
          apiKeys: [{ name: 'mine', value: KEY }],
          usagePlan: { throttle: { rateLimit: 1, burstLimit: 20 } },
        },
      },
      plugins: ['lambdascope', 'serverless-offline'],
      custom: { lambdascope: custom, 'serverless-offline': { noPrependStageInUrl: true } },
      functions: {
        plain: {
          handler: 'handlers.plain',
          events: [
            { http: { method: 'get', path: '/orders/{id}', private: true } },
            { httpApi: 'GET /open' },
          ],
        },
        chained: { handler: 'handlers.chained', events: [{ http: 'POST /orders' }] },
        counted: { handler: 'handlers.counted' },
      },
    },
  });
  const service = await start(path);
  running.push(service);
  return service;
}

const get = async <Answer>({ metricsUrl }: RunningService, path: string): Promise<Answer> =>
  (await fetch(metricsUrl + path)).json() as Promise<Answer>;

/** All lines of the list that suit, once there are so many. */
async function listed(
  service: RunningService,
  count: number,
  suits: (line: RequestSummary) => boolean = () => true,
): Promise<RequestSummary[]> {
  let found: RequestSummary[] = [];
  await eventually(async () => {
    const { requests } = await get<LiveUpdate>(service, '/live');
    found = requests.filter(suits);
    expect(found).toHaveLength(count);
  });
  return found;
}

const detail = (service: RunningService, { id }: { readonly id: string }) =>
  get<RequestDetail>(service, `/requests/${id}`);

/** Sends a request again, as the service's own page does. */
async function again(service: RunningService, id: string, body: object, headers = {}) {
  const response = await fetch(`${service.metricsUrl}/requests/${id}/again`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: service.metricsUrl, ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    ...((await response.json()) as { id: string; detail?: string }),
  };
}

const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name);

describe('one request', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await serve('one');
  });

  it('is kept with what it waited for, said, wrote and belongs to, and without a secret', async () => {
    const status = await service.ask(`/orders/7?order=tea&access_token=${SECRET}`, {
      headers: { 'x-api-key': KEY, authorization: SECRET, cookie: `a=${SECRET}`, 'x-mine': 'yes' },
    });
    expect(status).toBe(200);
    const [line] = await listed(service, 1);
    expect(line).toMatchObject({
      function: 'plain',
      method: 'GET',
      path: '/orders/7',
      status: 200,
      isCold: true,
      instance: 1,
    });
    const response = await fetch(`${service.metricsUrl}/requests/${line?.id}`);
    const all = await response.text();
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain(KEY);
    const one = JSON.parse(all) as RequestDetail;
    expect(one).toMatchObject({ route: '/orders/{id}', ...line });
    expect(one.query).toEqual([
      ['order', 'tea'],
      ['access_token', null],
    ]);
    const headers = new Map(one.request.headers);
    expect(headers.get('x-mine')).toBe('yes');
    for (const name of ['x-api-key', 'authorization', 'cookie'])
      expect(headers.get(name)).toBeNull();
    expect(new Map(one.response?.headers).get('set-cookie')).toBeNull();
    expect(one.response?.body).toMatchObject({ text: '{"order":"tea"}', isWhole: true });
    expect(one.logs?.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'loading'],
      ['stdout', 'order tea'],
    ]);
    expect(one.traceId).toMatch(/^1-[\da-f]{8}-[\da-f]{24}$/);
    expect(headers.get('X-Amzn-Trace-Id')).toBe(`Root=${one.traceId}`);
    expect(one.curl).toBe(
      [
        `curl '${service.url}/orders/7?order=tea' \\`,
        `  -H 'x-api-key: '"$API_KEY" \\`,
        `  -H 'authorization: '"$AUTHORIZATION" \\`,
        `  -H 'cookie: '"$COOKIE" \\`,
        `  -H 'x-mine: yes'`,
      ].join('\n'),
    );

    // The waterfall adds up to what the client waited, and what was measured lies within.
    expect(names(one.phases)).toEqual(['gateway', 'queue', 'init', 'function', 'answer']);
    const sum = one.phases.reduce((all, { seconds }) => all + seconds, 0);
    expect(sum).toBeCloseTo(one.seconds, 9);
    const init = one.phases.find(({ name }) => name === 'init');
    const [loading, order] = one.logs ?? [];
    const initEnd = (init?.startSeconds ?? 0) + (init?.seconds ?? 0);
    expect(loading?.startSeconds).toBeGreaterThan(init?.startSeconds ?? 1);
    expect(loading?.startSeconds).toBeLessThan(initEnd);
    expect(order?.startSeconds).toBeGreaterThanOrEqual(initEnd);
    expect(one.countedSeconds).toBeLessThanOrEqual(one.seconds);
    expect(one.billedSeconds).toBeGreaterThan(0);
  });

  it('has the trace that its client began', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    await service.ask('/open?order=traced', { headers: { traceparent } });
    const [line] = await listed(service, 1, ({ path }) => path === '/open');
    expect(line?.isCold).toBe(false);
    expect(await detail(service, line ?? { id: '' })).toMatchObject({ traceId });
  });

  it('names the parts of a Middy chain, and what its handler times', async () => {
    const body = '{"tea":2}';
    expect(await service.ask('/orders', { method: 'POST', body })).toBe(201);
    const [line] = await listed(service, 1, (one) => one.function === 'chained');
    const one = await detail(service, line ?? { id: '' });
    expect(one.parts.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'middleware check',
      'handler handler',
      'span read',
      'span store',
    ]);
    const within = one.phases.find(({ name }) => name === 'function');
    for (const { startSeconds, seconds } of one.parts) {
      expect(startSeconds).toBeGreaterThanOrEqual(within?.startSeconds ?? 1);
      expect(startSeconds + seconds).toBeLessThanOrEqual(
        (within?.startSeconds ?? 0) + (within?.seconds ?? 0) + 1e-9,
      );
    }
    const [check, , , store] = one.parts;
    expect(check?.seconds).toBeGreaterThan(0.004);
    expect(store?.seconds).toBeGreaterThan(0.009);
    expect(one.request.body).toEqual({ text: body, isBase64: false, isWhole: true });
  });

  it('is there when it failed, was refused, and when no function got it', async () => {
    const key = { headers: { 'x-api-key': KEY } };
    expect(await service.ask('/orders/7?order=fail', key)).toBe(502);
    expect(await service.ask('/orders/7')).toBe(403);
    const storm = await Promise.all(
      Array.from({ length: 60 }, () => service.ask('/orders/storm', key)),
    );
    const refused = storm.filter((status) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    await listed(service, 60, ({ path }) => path === '/orders/storm');
    const [failed] = await listed(service, 1, ({ status }) => status === 502);
    expect(failed).toMatchObject({ function: 'plain', error: 'handler' });
    const one = await detail(service, failed ?? { id: '' });
    expect(one.response?.body?.text).toBe('{"message":"Internal server error"}');
    expect(one.logs?.map(({ text: written }) => written)).toContain('order fail');
    const [unreached] = await listed(service, 1, ({ status }) => status === 403);
    expect(unreached).toMatchObject({ function: '', refused: 'gateway', instance: null });
    const throttled = await listed(service, refused, ({ status }) => status === 429);
    for (const line of throttled) {
      expect(line).toMatchObject({ function: 'plain', instance: null });
      expect(['rate', 'burst']).toContain(line.refused);
    }
  });

  it('is an event and a result where it came by an SDK', async () => {
    const event = { tea: 1, password: SECRET, rows: [{ token: SECRET, size: 2 }] };
    expect(await service.invoke('shop-dev-counted', event)).toEqual({ got: event });
    const [line] = await listed(service, 1, (one) => one.function === 'counted');
    expect(line).toMatchObject({ method: '', path: 'direct', status: 200 });
    const one = await detail(service, line ?? { id: '' });
    expect(JSON.parse(one.request.body?.text ?? '')).toEqual({ tea: 1, rows: [{ size: 2 }] });
    expect(JSON.parse(one.response?.body?.text ?? '')).toEqual({
      got: { tea: 1, rows: [{ size: 2 }] },
    });
    expect(one).not.toHaveProperty('curl');
    const sent = await again(service, line?.id ?? '', { body: '{"tea":3}' });
    const other = await detail(service, sent);
    expect(JSON.parse(other.response?.body?.text ?? '')).toEqual({ got: { tea: 3 } });
  });

  it('is told only while it is kept', async () => {
    const response = await fetch(`${service.metricsUrl}/requests/none`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('sending again', () => {
  let service: RunningService;
  let line: RequestSummary | undefined;

  beforeAll(async () => {
    service = await serve('again');
    expect(await service.ask('/orders', { method: 'POST', body: '{"tea":1}' })).toBe(201);
    [line] = await listed(service, 1);
  });

  const counted = async () => (await service.seen()).counted('api_requests_total');

  it('counts as a request, with the body that was, or another', async () => {
    const same = await detail(service, await again(service, line?.id ?? '', {}));
    expect(same.id).not.toBe(line?.id);
    expect(same).toMatchObject({ isCold: false, status: 201, instance: line?.instance });
    expect(same.response?.body?.text).toBe('{"stored":{"tea":1}}');
    const other = await detail(
      service,
      await again(service, line?.id ?? '', { body: '{"tea":2}' }),
    );
    expect(other.response?.body?.text).toBe('{"stored":{"tea":2}}');
    expect(await counted()).toEqual({ 'chained POST /orders 201': 3 });
  });

  it('has a key of the service where the request had one', async () => {
    await service.ask('/orders/1?order=tea', { headers: { 'x-api-key': KEY } });
    const [keyed] = await listed(service, 1, ({ path }) => path === '/orders/1');
    const sent = await detail(service, await again(service, keyed?.id ?? '', {}));
    expect(sent).toMatchObject({ status: 200, path: '/orders/1' });
    expect(JSON.stringify(sent)).not.toContain(KEY);
  });

  it.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://localhost:1' }],
    ['without an origin', { origin: undefined }],
    ['whose name was rebound', { host: 'evil.example', origin: 'http://evil.example' }],
    ['as a form', { 'content-type': 'text/plain' }],
  ])('is for no page %s', async (_, changes) => {
    const before = await counted();
    const { hostname, port, host } = new URL(service.metricsUrl);
    const headers = {
      host,
      origin: service.metricsUrl,
      'content-type': 'application/json',
      ...changes,
    };
    const sent = request({
      hostname,
      port,
      method: 'POST',
      path: `/requests/${line?.id}/again`,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value)),
    });
    const answered = new Promise<number>((resolve, reject) => {
      sent.on('error', reject).on('response', (response) => {
        text(response).then(() => resolve(response.statusCode ?? 0), reject);
      });
    });
    sent.end('{}');
    expect(await answered).toBe('content-type' in changes ? 400 : 403);
    expect(await counted()).toEqual(before);
  });

  it('takes nothing else', async () => {
    for (const body of [[], { body: 1 }, { path: '/other' }]) {
      expect(await again(service, line?.id ?? '', body)).toMatchObject({ status: 400 });
    }
    expect(await again(service, 'none', {})).toMatchObject({ status: 404 });
  });
});

describe('the history', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await serve('history');
  });

  it('is the same whenever a page is opened, and goes on where one was', async () => {
    await service.ask('/orders', { method: 'POST', body: '{}' });
    const [cold] = await listed(service, 1);
    const first = await get<LiveUpdate>(service, '/live');
    await service.ask('/orders', { method: 'POST', body: '{}' });
    await listed(service, 2);
    const late = await get<LiveUpdate>(service, '/live');
    const same = await get<LiveUpdate>(service, '/live');
    expect(late.history).toBe(first.history);
    expect(late.frames.slice(0, first.frames.length)).toEqual(first.frames);
    expect(same.frames.slice(0, late.frames.length)).toEqual(late.frames);
    // Nothing twice, nothing left out, however long it was away.
    const { history, newest } = first;
    const gap = await get<LiveUpdate>(service, `/live?history=${history}&after=${newest}`);
    const all = await get<LiveUpdate>(service, '/live');
    const frames = [...first.frames, ...gap.frames];
    expect(all.frames.slice(0, frames.length)).toEqual(frames);
    expect([...first.requests, ...gap.requests]).toEqual(all.requests);
    // What a chart has of the cold start leads to it.
    const frame = all.frames.find(({ coldStarts }) => coldStarts.length > 0);
    expect(frame?.coldStarts).toEqual([expect.objectContaining({ function: 'chained', count: 1 })]);
    expect(frame?.slowestCold).toEqual({ chained: cold?.id });
    expect(frame?.slowest).toBe(cold?.id);
    expect(all.lately.requests).toMatchObject({ chained: 2 });
    expect(all.coldStarts).toBe(1);
    const other = await get<LiveUpdate>(service, '/live?history=another&after=1000');
    expect(other.frames.length).toBeGreaterThanOrEqual(all.frames.length);
    expect(other.requests).toEqual(all.requests);
  });

  it('has the functions with their limits, instances and costs', async () => {
    const { functions, from, to } = await get<FunctionsView>(service, '/functions?seconds=60');
    expect(to - from).toBe(60);
    expect(functions.map(({ key }) => key)).toEqual(['plain', 'chained', 'counted']);
    const [plain, chained] = functions;
    expect(plain).toMatchObject({
      name: 'shop-dev-plain',
      handler: 'handlers.plain',
      triggers: ['GET /orders/{id}', 'GET /open'],
      limits: [
        "GET /orders/{id}: 10,000/s, burst 5,000 of the account's",
        "GET /open: 10,000/s, burst 5,000 of the account's",
        'each key of the plan default: 1/s, burst 20',
      ],
      instances: [],
      cost: { region: 'us-east-1', total: 0 },
    });
    const { instances, coldStarts, cost, invocations } = chained ?? {};
    expect(invocations).toBe(2);
    expect(coldStarts).toHaveLength(1);
    expect(instances).toHaveLength(1);
    const [lane] = instances ?? [];
    expect(lane).toMatchObject({ number: 1, invocations: 2, isBusy: false });
    expect(lane?.loadedAt).toBeGreaterThan(lane?.startedAt ?? Number.POSITIVE_INFINITY);
    expect(lane?.busy).toHaveLength(60);
    expect(Math.max(...(lane?.busy ?? []))).toBeGreaterThan(0);
    // Two invocations and two requests at the prices of the region, and what they took.
    expect(cost?.invocations).toBeCloseTo(4e-7, 12);
    expect(cost?.api).toBeCloseTo(7e-6, 12);
    expect(cost?.duration).toBeGreaterThan(0);
  });
});

it('keeps no body where the service says so', async () => {
  const service = await serve('bodiless', { bodies: false });
  expect(await service.ask('/orders', { method: 'POST', body: `{"tea":"${SECRET}"}` })).toBe(201);
  const [line] = await listed(service, 1);
  const one = await detail(service, line ?? { id: '' });
  expect(JSON.stringify(one)).not.toContain(SECRET);
  expect(one.request).not.toHaveProperty('body');
  expect(one.response).not.toHaveProperty('body');
  expect(one).toMatchObject({ requestBytes: 26, resendNeeds: 'body' });
  expect(await again(service, one.id, {})).toMatchObject({ status: 409 });
  const sent = await again(service, one.id, { body: '{}' });
  expect(await detail(service, sent)).toMatchObject({ status: 201 });
});
