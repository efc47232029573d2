import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { temporaryFolder } from '../../../test/temporaryFolder.ts';
import { type RunningService, start, writeFiles } from './stranger.ts';

const MEGABYTE = 2 ** 20;
const nodeModules = join(import.meta.dirname, '../../../node_modules');

/** What functions do is what their event, or its query, says. */
const handler = `
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const kept = [];

export async function handler(event) {
  const order = event.queryStringParameters ?? event;
  if (order.gate) while (!existsSync(order.gate)) await pause(10);
  if (order.fail) throw new Error('as is meant');
  if (order.eat === 'heap') for (;;) kept.push(new Array(1e5).fill(Math.random()));
  if (order.eat === 'buffers') for (;;) kept.push(Buffer.alloc(1e7, 1)), await pause(1);
  if (order.hold) kept.push(Buffer.alloc(Number(order.hold) * 2 ** 20, 1));
  const { AWS_LAMBDA_INITIALIZATION_TYPE: type } = process.env;
  return { statusCode: 200, body: order.size ? 'x'.repeat(Number(order.size)) : type };
}
`;

const folder = temporaryFolder();
const gate = (name: string) => join(folder, name);
const open = (name: string) => writeFile(gate(name), '');
const running: RunningService[] = [];

beforeAll(() => symlink(nodeModules, join(folder, 'node_modules')));

afterAll(async () => {
  for (const service of running) expect(await service.stop()).toBe(0);
});

/** Starts a service with functions that all have the one handler. */
async function serve(
  name: string,
  functions: object,
  { custom = {}, provider = {}, files = {} } = {},
): Promise<RunningService & { readonly client: LambdaClient }> {
  const path = join(folder, name);
  await writeFiles(path, {
    'handler.mjs': handler,
    'serverless.yml': {
      service: 'shop',
      provider: { name: 'aws', runtime: 'nodejs24.x', ...provider },
      plugins: ['lambdascope', 'serverless-offline'],
      custom: { lambdascope: custom },
      functions: Object.fromEntries(
        Object.entries(functions).map(([key, one]) => [
          key,
          { handler: 'handler.handler', ...one },
        ]),
      ),
    },
    ...files,
  });
  const service = await start(path);
  running.push(service);
  const client = new LambdaClient({
    endpoint: service.lambdaUrl,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
  return { ...service, client };
}

/** Invokes a function by AWS' own client: what it gave, and the error by name if it failed. */
async function invoke(
  { client }: { readonly client: LambdaClient },
  key: string,
  event: object,
  InvocationType: 'RequestResponse' | 'Event' = 'RequestResponse',
) {
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: `shop-dev-${key}`,
      InvocationType,
      Payload: JSON.stringify(event),
    }),
  );
  const text = answer.Payload?.transformToString();
  return { ...answer, payload: text ? JSON.parse(text) : undefined };
}

/** An HTTP answer as far as clients look at it. */
async function get(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  const text = await response.text();
  const type = response.headers.get('x-amzn-errortype');
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text, type };
}

const inFlight = async (service: RunningService) =>
  (await service.seen()).counted('lambda_invocations_in_flight');

describe('concurrency', () => {
  let service: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    service = await serve(
      'concurrency',
      {
        held: {
          reservedConcurrency: 1,
          events: [{ http: 'GET /held' }, { httpApi: 'GET /held2' }],
        },
        free: { timeout: 30, events: [{ http: 'GET /free' }] },
        off: { reservedConcurrency: 0, events: [{ http: 'GET /off' }] },
        ready: { provisionedConcurrency: 2, events: [{ http: 'GET /ready' }] },
      },
      { custom: { accountConcurrency: 4 }, provider: { timeout: 30 } },
    );
  });

  it("is what a function reserves: 500 of a REST API, 503 of an HTTP API, and the SDK's TooManyRequestsException", async () => {
    const first = get(`${service.url}/dev/held?gate=${gate('held')}`);
    await eventually(async () => expect(await inFlight(service)).toEqual({ held: 1 }));
    expect(await get(`${service.url}/dev/held`)).toEqual({
      status: 500,
      body: { message: 'Internal server error' },
      type: 'InternalServerErrorException',
    });
    expect(await get(`${service.url}/held2`)).toEqual({
      status: 503,
      body: { message: 'Service Unavailable' },
      type: null,
    });
    await expect(invoke(service, 'held', {})).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      message: 'Rate Exceeded.',
      $metadata: { httpStatusCode: 429 },
    });
    const before = (await service.seen()).counted('api_throttled_total');
    expect(before).toEqual({ 'held reserved': 3 });

    // What nobody waits for is not refused: Lambda tries again.
    expect(await invoke(service, 'held', {}, 'Event')).toMatchObject({ StatusCode: 202 });
    await open('held');
    expect((await first).status).toBe(200);
    await eventually(async () =>
      expect((await service.seen()).counted('api_request_latency_seconds_count')).toMatchObject({
        'held direct false': 1,
      }),
    );
    expect((await service.seen()).counted('api_requests_total')).toMatchObject({
      'held GET /held 200': 1,
      'held GET /held 500': 1,
      'held GET /held2 503': 1,
    });
  });

  it('lives on when what nobody waits for fails', async () => {
    expect(await invoke(service, 'free', { fail: 'yes' }, 'Event')).toMatchObject({
      StatusCode: 202,
    });
    await eventually(() => expect(service.output()).toContain('as is meant'));
    expect((await get(`${service.url}/dev/free?fail=yes`)).body).toEqual({
      message: 'Internal server error',
    });
  });

  it('is none of a function that reserves none of it', async () => {
    expect((await get(`${service.url}/dev/off`)).status).toBe(500);
  });

  it('is what is left of the account for all others', async () => {
    const requests = Array.from({ length: 3 }, () =>
      get(`${service.url}/dev/free?gate=${gate('free')}`),
    );
    await eventually(async () => expect(await inFlight(service)).toEqual({ free: 3 }));
    expect((await get(`${service.url}/dev/free`)).status).toBe(500);
    await expect(invoke(service, 'free', {})).rejects.toMatchObject({
      Reason: 'ConcurrentInvocationLimitExceeded',
    });
    // What is reserved is not touched by it.
    expect((await get(`${service.url}/dev/held`)).status).toBe(200);
    await open('free');
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await service.seen()).counted('api_throttled_total')).toMatchObject({
      'free account': 2,
    });
  });

  it('may be provisioned: those instances are warm, and one more is a cold start', async () => {
    const before = await service.seen();
    expect(before.counted('lambda_inits_total')).toMatchObject({
      'ready provisioned-concurrency': 2,
    });
    const two = [1, 2].map(() => get(`${service.url}/dev/ready?gate=${gate('ready')}`));
    await eventually(async () => expect(await inFlight(service)).toEqual({ ready: 2 }));
    expect((await get(`${service.url}/dev/ready`)).body).toBe('on-demand');
    await open('ready');
    expect((await Promise.all(two)).map(({ body }) => body)).toEqual([
      'provisioned-concurrency',
      'provisioned-concurrency',
    ]);
    const after = await service.seen();
    expect(after.counted('lambda_cold_starts_total')).toMatchObject({ ready: 1 });
    expect(after.counted('lambda_inits_total')).toMatchObject({
      'ready on-demand': 1,
      'ready provisioned-concurrency': 2,
    });
  });
});

describe('usage plans', () => {
  it('refuse by key what is too much at once, too fast or over the quota, and count each', async () => {
    const service = await serve(
      'plans',
      { item: { events: [{ http: { path: 'item', method: 'get', private: true } }] } },
      {
        provider: {
          apiGateway: {
            apiKeys: [{ free: ['free-key'] }, { paid: [{ name: 'paid', value: 'paid-key' }] }],
            usagePlan: [
              { free: { throttle: { rateLimit: 1, burstLimit: 3 } } },
              { paid: { quota: { limit: 2, period: 'MONTH' } } },
            ],
          },
        },
      },
    );
    const url = `${service.url}/dev/item`;
    const ask = (key: string) => get(url, { headers: { 'x-api-key': key } });
    expect((await get(`${url}?x-api-key=free-key`)).status).toBe(403);
    expect((await ask('no-key')).status).toBe(403);

    // A storm: three are answered, one more in each second that it takes, and each refusal is counted.
    const begun = performance.now();
    const storm = await Promise.all(Array.from({ length: 200 }, () => ask('free-key')));
    const statuses = storm.map(({ status }) => status);
    const answered = statuses.filter((status) => status === 200).length;
    expect(answered).toBeGreaterThanOrEqual(3);
    expect(answered).toBeLessThanOrEqual(4 + (performance.now() - begun) / 1000);
    expect(storm.find(({ status }) => status !== 200)).toEqual({
      status: 429,
      body: { message: 'Too Many Requests' },
      type: 'TooManyRequestsException',
    });
    const throttled = (await service.seen()).counted('api_throttled_total');
    const { 'item burst': burst = 0, 'item rate': rate = 0 } = throttled;
    expect(burst + rate).toBe(200 - answered);
    expect((await service.seen()).counted('api_requests_total')).toEqual({
      'item GET /item 200': answered,
      'item GET /item 429': 200 - answered,
    });

    // The other plan is as it was.
    expect([(await ask('paid-key')).status, (await ask('paid-key')).status]).toEqual([200, 200]);
    expect(await ask('paid-key')).toEqual({
      status: 429,
      body: { message: 'Limit Exceeded' },
      type: 'LimitExceededException',
    });
    expect((await service.seen()).counted('api_throttled_total')).toMatchObject({
      'item quota': 1,
    });
  });
});

describe.each(['thread', 'process'] as const)('an instance that is a %s', (isolation) => {
  let service: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    service = await serve(
      `memory-${isolation}`,
      {
        small: { memorySize: 256, timeout: 300, events: [{ http: 'GET /small' }] },
        roomy: { timeout: 300 },
        brief: { timeout: 1, events: [{ httpApi: 'GET /brief' }] },
      },
      { custom: { isolation } },
    );
  });

  it.each(['heap', 'buffers'])('ends when it needs more memory than it has: of %s', async (eat) => {
    const before = (await service.seen()).of('lambda_errors_total');
    expect(await get(`${service.url}/dev/small?eat=${eat}`)).toEqual({
      status: 502,
      body: { message: 'Internal server error' },
      type: 'InternalServerErrorException',
    });
    expect((await get(`${service.url}/dev/small`)).status).toBe(200);
    await eventually(() =>
      expect(service.output()).toContain('Runtime exited with error: signal: killed'),
    );
    const after = (await service.seen()).of('lambda_errors_total');
    expect(after['small memory']).toBe((before['small memory'] ?? 0) + 1);
    expect(after['small handler']).toBe(0);
    expect(await invoke(service, 'small', { eat })).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      payload: { errorType: 'Runtime.ExitError' },
    });
  });

  it('tells how much memory an invocation used', async () => {
    const used = async () =>
      (await service.seen()).of('lambda_max_memory_used_bytes')['roomy'] ?? Number.NaN;
    expect(await used()).toBe(0);
    await invoke(service, 'roomy', { hold: 100 });
    expect(await used()).toBeGreaterThan(100 * MEGABYTE);
    expect(await used()).toBeLessThan(300 * MEGABYTE);
    expect(service.output()).toMatch(
      /REPORT RequestId: [\da-f-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 1024 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n/,
    );
  });

  it('ends when its time is up, in the words of Lambda', async () => {
    const event = { gate: gate('never') };
    expect(await invoke(service, 'brief', event)).toMatchObject({
      FunctionError: 'Unhandled',
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: [\da-f-]{36} Error: Task timed out after 1.00 seconds$/,
        ),
      },
    });
    expect(await get(`${service.url}/brief?gate=${gate('never')}`)).toMatchObject({
      status: 500,
      body: { message: 'Internal Server Error' },
    });
    expect((await service.seen()).counted('lambda_errors_total')).toMatchObject({
      'brief timeout': 2,
    });
  });
});

it('keeps the limits of AWS for sizes, and says so in its words', async () => {
  const service = await serve('sizes', {
    any: { events: [{ http: 'POST /any' }, { httpApi: 'POST /any2' }] },
  });
  const post = (path: string, bytes: number) =>
    get(service.url + path, { method: 'POST', body: 'x'.repeat(bytes) });
  expect((await post('/dev/any', 5 * MEGABYTE)).status).toBe(200);
  for (const megabytes of [7, 11]) {
    expect(await post('/dev/any', megabytes * MEGABYTE)).toEqual({
      status: 413,
      body: { message: 'Request Too Long' },
      type: 'RequestTooLargeException',
    });
    expect(await post('/any2', megabytes * MEGABYTE)).toMatchObject({
      status: 413,
      body: { message: 'Request Entity Too Large' },
    });
  }
  expect(await post(`/dev/any?size=${7 * MEGABYTE}`, 1)).toMatchObject({ status: 502 });
  expect((await post(`/dev/any?size=${5 * MEGABYTE}`, 1)).status).toBe(200);
  expect((await service.seen()).counted('api_requests_total')).toEqual({
    'any POST /any 200': 2,
    'any POST /any 413': 1,
    'any POST /any 502': 1,
    'any POST /any2 413': 1,
  });

  const padded = (bytes: number) => ({ padding: 'x'.repeat(bytes - '{"padding":""}'.length) });
  await expect(invoke(service, 'any', padded(6 * MEGABYTE + 1))).rejects.toMatchObject({
    name: 'RequestTooLargeException',
    $metadata: { httpStatusCode: 413 },
  });
  expect((await invoke(service, 'any', padded(6 * MEGABYTE))).StatusCode).toBe(200);
  await expect(invoke(service, 'any', padded(MEGABYTE + 1), 'Event')).rejects.toMatchObject({
    name: 'RequestTooLargeException',
  });
  expect((await invoke(service, 'any', padded(MEGABYTE), 'Event')).StatusCode).toBe(202);
  expect(await invoke(service, 'any', { size: 7 * MEGABYTE })).toMatchObject({
    FunctionError: 'Unhandled',
    payload: { errorType: 'Function.ResponseSizeTooLarge' },
  });
});

it('waits as long as AWS does: 10 s for an init, 29 s for a REST API, 30 s for an HTTP API', async () => {
  const flag = gate('has-loaded-once');
  const service = await serve(
    'times',
    {
      late: { handler: 'late.handler', timeout: 20, events: [{ http: 'GET /late' }] },
      long: { timeout: 60, events: [{ http: 'GET /long' }, { httpApi: 'GET /long2' }] },
    },
    {
      files: {
        'late.mjs': `import { existsSync, writeFileSync } from 'node:fs';
          export { handler } from './handler.mjs';
          if (!existsSync(${JSON.stringify(flag)})) {
            writeFileSync(${JSON.stringify(flag)}, '');
            setInterval(() => {}, 1e6);
            await new Promise(() => {});
          }`,
      },
    },
  );
  const query = `?gate=${gate('later')}`;
  const slow = [get(`${service.url}/dev/long${query}`), get(`${service.url}/long2${query}`)];
  await eventually(async () =>
    expect((await service.seen()).counted('lambda_inits_total')).toMatchObject({
      'long on-demand': 2,
    }),
  );
  // Alone, as those that start at once get longer where they share a core.
  const late = await get(`${service.url}/dev/late`);
  const [rest, http] = await Promise.all(slow);
  expect(late.status).toBe(200);
  expect(service.output()).toContain(
    'INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout',
  );
  expect(rest).toEqual({
    status: 504,
    body: { message: 'Endpoint request timed out' },
    type: 'InternalServerErrorException',
  });
  expect(http).toMatchObject({ status: 503, body: { message: 'Service Unavailable' } });
  // The function goes on, and its request is counted as its client saw it.
  await open('later');
  await eventually(async () =>
    expect((await service.seen()).counted('api_requests_total')).toEqual({
      'late GET /late 200': 1,
      'long GET /long 504': 1,
      'long GET /long2 503': 1,
    }),
  );
});

it('lets everything through where limits are off', async () => {
  const service = await serve(
    'off',
    { held: { reservedConcurrency: 1, memorySize: 128, events: [{ http: 'GET /held' }] } },
    { custom: { limits: false, report: false } },
  );
  const two = [1, 2].map(() => get(`${service.url}/dev/held?hold=100&gate=${gate('unlimited')}`));
  await eventually(async () => expect(await inFlight(service)).toEqual({ held: 2 }));
  await open('unlimited');
  expect((await Promise.all(two)).map(({ status }) => status)).toEqual([200, 200]);
  expect(service.output()).not.toContain('REPORT');
});
