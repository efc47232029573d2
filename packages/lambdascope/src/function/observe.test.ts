import middy from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { defineMetrics } from '../metrics.ts';
import type { Observation } from './observation.ts';
import { observe, observed } from './observe.ts';
import type { Sink } from './sink.ts';

const event = {
  httpMethod: 'POST',
  resource: '/orders',
  path: '/orders',
  headers: {},
  body: '{"item":1}',
  isBase64Encoded: false,
  requestContext: { identity: { apiKeyId: 'k3yid12345' } },
};

interface Answer {
  statusCode: number;
  headers?: Record<string, string>;
  body: string;
}

const metrics = defineMetrics({
  items: { name: 'items_total', kind: 'counter', labels: ['country'], help: 'Items.' },
});

/** A sink that keeps what it gets. */
function keepingSink() {
  const ended: Observation[] = [];
  const sink: Sink = { observe: (observation) => void ended.push(observation) };
  return { sink, ended };
}

interface Behaviour {
  readonly core: () => Answer | Promise<Answer>;
  readonly sink: Sink;
  readonly onDemand?: boolean;
  readonly ignore?: (event: unknown) => boolean;
  /** A middleware inside, after the observing one. */
  readonly inside?: middy.MiddlewareObj<APIGatewayProxyEvent, Answer>;
}

function handlerOf({ core, sink, onDemand = true, inside, ...options }: Behaviour) {
  const handler = middy<APIGatewayProxyEvent, Answer>(core, {
    timeoutEarlyInMillis: 20,
  }).use(observe({ functionName: 'orders', sink, onDemand, ...options }));
  if (inside) handler.use(inside);
  return handler;
}

function invoke(
  handler: ReturnType<typeof handlerOf>,
  changes: Partial<APIGatewayProxyEvent> = {},
  remaining = 6000,
): Promise<Answer> {
  const context = { getRemainingTimeInMillis: () => remaining } as Context;
  return handler({ ...event, ...changes } as unknown as APIGatewayProxyEvent, context);
}

/** Answers an error by the status that it names, and a time-out. */
const answerErrors: middy.MiddlewareObj<APIGatewayProxyEvent, Answer> = {
  onError(request) {
    const status = request.error?.name === 'TimeoutError' ? 504 : Number(request.error?.message);
    request.response = { statusCode: status, body: 'no' };
  },
};

const ok = (): Answer => ({ statusCode: 200, body: 'äh' });

describe('a good answer', () => {
  it('is observed once, with everything that the handler recorded', async () => {
    const { sink, ended } = keepingSink();
    const core = (): Answer => {
      metrics.items.inc({ country: 'NL' }, 2);
      return ok();
    };
    expect(await invoke(handlerOf({ core, sink }))).toEqual(ok());
    expect(ended).toEqual([
      {
        instance: expect.stringMatching(/^[0-9a-z]{8,}$/),
        function: 'orders',
        method: 'POST',
        route: '/orders',
        status: 200,
        seconds: expect.any(Number),
        coldStart: true,
        initSeconds: expect.any(Number),
        requestBytes: event.body.length,
        responseBytes: 3,
        client: undefined,
        heapUsedBytes: expect.any(Number),
        eventLoopUtilization: undefined,
        errorKind: undefined,
        recorded: [{ metric: metrics.items.definition, labels: { country: 'NL' }, values: 2 }],
        properties: {},
        remembered: [],
        spans: { names: [], kinds: [], times: [] },
      },
    ]);
  });

  it('names the client by the id of its key, never by the key', async () => {
    const { sink, ended } = keepingSink();
    await invoke(handlerOf({ core: ok, sink }), { headers: { 'X-Api-Key': 'secret' } });
    expect(ended[0]?.client).toBe('k3yid12345');
    expect(JSON.stringify(ended)).not.toContain('secret');
  });

  it('is measured in the bytes that cross the network', async () => {
    const { sink, ended } = keepingSink();
    const core = (): Answer & { isBase64Encoded: true } => ({
      statusCode: 200,
      body: Buffer.from([1, 2, 3, 4]).toString('base64'),
      isBase64Encoded: true,
    });
    const body = Buffer.from('hello').toString('base64');
    await invoke(handlerOf({ core, sink }), { body, isBase64Encoded: true });
    expect(ended[0]).toMatchObject({ requestBytes: 5, responseBytes: 4 });
  });
});

describe('an invocation that does not succeed', () => {
  it.each([
    ['a refused input', 422, 'validation'],
    ['an error in the code', 500, 'handler'],
  ])('%s is observed once, with its status and kind', async (_name, status, errorKind) => {
    const { sink, ended } = keepingSink();
    const core = (): Answer => {
      throw new Error(String(status));
    };
    const answer = await invoke(handlerOf({ core, sink, inside: answerErrors }));
    expect(answer.statusCode).toBe(status);
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ status, errorKind });
    expect(ended[0]?.responseBytes).toBe(Buffer.byteLength(answer.body));
  });

  it('a time-out about to happen is observed before Lambda ends the instance', async () => {
    const { sink, ended } = keepingSink();
    const core = () => new Promise<Answer>(() => {});
    const answer = await invoke(handlerOf({ core, sink, inside: answerErrors }), {}, 40);
    expect(answer.statusCode).toBe(504);
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ status: 504, errorKind: 'timeout' });
  });

  it.each([
    ['a status that is none', { ...ok(), statusCode: 999 }],
    ['an object as body', { ...ok(), body: { a: 1 } }],
    ['a header with a line break', { ...ok(), headers: { 'x-odd': 'a\r\nb: c' } }],
  ])(
    'an answer with %s is observed as the 502 that API Gateway makes of it',
    async (_name, answer) => {
      const { sink, ended } = keepingSink();
      await invoke(handlerOf({ core: () => answer as Answer, sink }));
      expect(ended).toMatchObject([{ status: 502, errorKind: 'handler' }]);
    },
  );

  it('an error that nobody answers is observed as the 502 that API Gateway makes of it', async () => {
    const { sink, ended } = keepingSink();
    const core = (): Answer => {
      throw new Error('broken');
    };
    await expect(invoke(handlerOf({ core, sink }))).rejects.toThrow('broken');
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ status: 502, errorKind: 'handler', responseBytes: 0 });
  });
});

it('around a chain, observes an early answer of a middleware, although that skips the others', async () => {
  const { sink, ended } = keepingSink();
  const chain = middy(ok).before(() => ({ statusCode: 429, body: 'later' }));
  const answer = await observed(chain, { sink })(event as never, {} as Context);
  expect(answer).toEqual({ statusCode: 429, body: 'later' });
  expect(ended).toMatchObject([{ status: 429, errorKind: 'validation' }]);
});

describe('a cold start', () => {
  it('is the first invocation of an instance, and its time includes the init', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
    const { sink, ended } = keepingSink();
    const core = (): Answer => {
      now.mockReturnValue(performance.now() + 5);
      return ok();
    };
    const handler = handlerOf({ core, sink });
    await invoke(handler);
    await invoke(handler);
    now.mockRestore();
    const [cold, warm] = ended;
    expect(cold?.coldStart).toBe(true);
    expect(cold?.initSeconds).toBeGreaterThan(0);
    expect(cold?.seconds).toBeCloseTo((cold?.initSeconds ?? Number.NaN) + 0.005, 9);
    expect(warm).toMatchObject({ coldStart: false, initSeconds: 0 });
    expect(warm?.seconds).toBeCloseTo(0.005, 9);
  });

  it('does not happen with provisioned concurrency', async () => {
    const { sink, ended } = keepingSink();
    await invoke(handlerOf({ core: ok, sink, onDemand: false }));
    expect(ended[0]).toMatchObject({ coldStart: false, initSeconds: 0 });
  });
});

it('lets a request through whose event is not as API Gateway makes it', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { sink } = keepingSink();
  const odd = { headers: { 'x-api-key': 'k' }, requestContext: undefined, body: 7 };
  expect(await invoke(handlerOf({ core: ok, sink }), odd as never)).toEqual(ok());
});

describe('a sink that fails', () => {
  it.each<[string, Sink]>([
    [
      'by throwing',
      {
        observe() {
          throw new Error('no sink');
        },
      },
    ],
    ['by rejecting', { observe: () => Promise.reject(new Error('no sink')) }],
  ])('%s never fails the request, and says so once', async (_name, sink) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    said.mockClear();
    const handler = handlerOf({ core: ok, sink });
    expect(await invoke(handler)).toEqual(ok());
    expect(await invoke(handler)).toEqual(ok());
    expect(said).toHaveBeenCalledTimes(1);
  });
});

it('does not observe what is to be ignored, and takes the next invocation for warm', async () => {
  const { sink, ended } = keepingSink();
  const handler = handlerOf({ core: ok, sink, ignore: (one) => 'warmUp' in (one as object) });
  await invoke(handler, { warmUp: true } as Partial<APIGatewayProxyEvent>);
  expect(ended).toEqual([]);
  await invoke(handler);
  expect(ended).toMatchObject([{ coldStart: false, initSeconds: 0 }]);
});

it('forgets what was recorded outside of an invocation', async () => {
  const { sink, ended } = keepingSink();
  metrics.items.inc({ country: 'NL' });
  await invoke(handlerOf({ core: ok, sink }));
  expect(ended).toMatchObject([{ recorded: [] }]);
});

describe('a handler without Middy', () => {
  type Callback = (error?: Error | null, result?: unknown) => void;
  it.each([
    ['a promise', async () => ok(), 200],
    ['a value', () => ok(), 200],
    ['a callback', (_e: unknown, _c: unknown, callback: Callback) => callback(null, ok()), 200],
  ])('that gives %s is observed once', async (_what, handler, status) => {
    const { sink, ended } = keepingSink();
    expect(await observed(handler, { sink })(event, {})).toEqual(ok());
    expect(ended).toMatchObject([{ status, responseBytes: 3, coldStart: true }]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'calls back with an error',
      (_e: unknown, _c: unknown, callback: Callback) => callback(new Error('broken')),
    ],
  ])('that %s is observed once, and fails as before', async (_what, handler) => {
    const { sink, ended } = keepingSink();
    await expect(observed(handler, { sink })(event, {})).rejects.toThrow('broken');
    expect(ended).toMatchObject([{ status: 502, errorKind: 'handler' }]);
  });

  it.each([
    [
      { version: '2.0', routeKey: 'GET /a/{id}', requestContext: { http: { method: 'GET' } } },
      'GET',
      '/a/{id}',
    ],
    [{ Records: [{ eventSource: 'aws:sqs' }] }, '', 'sqs'],
    [{ source: 'aws.events', 'detail-type': 'Scheduled Event' }, '', 'schedule'],
    [{ anything: 1 }, '', 'direct'],
  ])('is observed under the route or trigger of %o', async (one, method, route) => {
    const { sink, ended } = keepingSink();
    await observed(async () => 'done', { sink })(one, {});
    expect(ended).toMatchObject([{ method, route, status: 200, responseBytes: 6 }]);
  });
});
