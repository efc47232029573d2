import middy from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import event from '../test/events/predict.json' with { type: 'json' };
import type { Answer } from './answer.ts';
import type { Observation, PredictionsObserved } from './observation.ts';
import { observe } from './observe.ts';
import { HttpProblem } from './problem.ts';
import { problemResponse } from './problemResponse.ts';
import type { Sink } from './sink.ts';
import { warmUp } from './warmUp.ts';

const predictions: PredictionsObserved = {
  modelVersion: 'v1',
  classNames: ['setosa'],
  featureNames: ['sepal_length'],
  classes: Uint8Array.of(0),
  confidences: Float64Array.of(1),
  features: Float64Array.of(5.1),
  outOfDistribution: 0,
  inferenceSeconds: 1e-5,
};

/** A sink that keeps what it gets. */
function keepingSink() {
  const ended: Observation[] = [];
  const sink: Sink = (observation) => void ended.push(observation);
  return { sink, ended };
}

interface Behaviour {
  readonly core: () => Answer | Promise<Answer>;
  readonly sink: Sink;
  readonly onDemand?: boolean;
  /** A middleware inside, after the observing one. */
  readonly inside?: middy.MiddlewareObj<APIGatewayProxyEvent, Answer>;
}

function handlerOf({ core, sink, onDemand = true, inside }: Behaviour) {
  const handler = middy<APIGatewayProxyEvent, Answer>(core, {
    ...observe({ functionName: 'predict', sink, onDemand }),
    timeoutEarlyInMillis: 20,
  });
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

const ok = (): Answer => ({ statusCode: 200, body: 'äh' });

describe('a good answer', () => {
  it('is observed once, with everything that the core tells, which the client does not get', async () => {
    const { sink, ended } = keepingSink();
    const core = (): Answer => ({ ...ok(), observed: { batchSize: 1, predictions } });
    expect(await invoke(handlerOf({ core, sink }))).toEqual(ok());
    expect(ended).toEqual([
      {
        instance: expect.stringMatching(/^[0-9a-z]{8,}$/),
        function: 'predict',
        method: 'POST',
        route: '/predict',
        status: 200,
        seconds: expect.any(Number),
        coldStart: true,
        initSeconds: expect.any(Number),
        requestBytes: event.body.length,
        responseBytes: 3,
        batchSize: 1,
        client: undefined,
        predictions,
        heapUsedBytes: expect.any(Number),
        eventLoopUtilization: undefined,
        errorKind: undefined,
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
    ['a refused input', () => new HttpProblem('invalid_input', 'no'), 422, 'validation'],
    ['an error in the code', () => new Error('broken'), 500, 'handler'],
  ])('%s is observed once, with its status and kind', async (_name, error, status, errorKind) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { sink, ended } = keepingSink();
    const core = (): Answer => {
      throw error();
    };
    const answer = await invoke(handlerOf({ core, sink, inside: problemResponse() }));
    expect(answer.statusCode).toBe(status);
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ status, errorKind });
    expect(ended[0]?.responseBytes).toBe(Buffer.byteLength(answer.body));
  });

  it('a time-out about to happen is observed before Lambda ends the instance', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { sink, ended } = keepingSink();
    const core = () => new Promise<Answer>(() => {});
    const answer = await invoke(handlerOf({ core, sink, inside: problemResponse() }), {}, 40);
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

it('observes an early answer of a middleware, although that skips the others', async () => {
  const { sink, ended } = keepingSink();
  const inside = { before: () => ({ statusCode: 429, body: 'later' }) };
  const answer = await invoke(handlerOf({ core: ok, sink, inside }));
  expect(answer.statusCode).toBe(429);
  expect(ended).toHaveLength(1);
  expect(ended[0]).toMatchObject({ status: 429, errorKind: 'validation' });
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
      () => {
        throw new Error('no sink');
      },
    ],
    ['by rejecting', () => Promise.reject(new Error('no sink'))],
  ])('%s never fails the request, and says so once', async (_name, sink) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    said.mockClear();
    const handler = handlerOf({ core: ok, sink });
    expect(await invoke(handler)).toEqual(ok());
    expect(await invoke(handler)).toEqual(ok());
    expect(said).toHaveBeenCalledTimes(1);
  });
});

it('does not observe a call that only keeps the instance warm, and takes the next for warm', async () => {
  const { sink, ended } = keepingSink();
  const handler = handlerOf({ core: ok, sink, inside: warmUp() });
  const warm = { warmUp: true } as Partial<APIGatewayProxyEvent>;
  expect(await invoke(handler, warm)).toEqual({ statusCode: 204, body: '' });
  expect(ended).toEqual([]);
  await invoke(handler);
  expect(ended).toMatchObject([{ coldStart: false, initSeconds: 0 }]);
});
