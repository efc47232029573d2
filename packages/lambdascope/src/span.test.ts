import middy from '@middy/core';
import { describe, expect, it } from 'vitest';
import type { Observation } from './function/observation.ts';
import { observe, observed } from './function/observe.ts';
import { spansOf as listOf, middySpans, type Span, span } from './span.ts';

/** Somewhere that an asynchronous part waits until a test lets it go on. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** What an observation of each invocation says of its parts. */
function keepingSpans() {
  const kept: (readonly Span[])[] = [];
  const sink = { observe: ({ spans }: Observation) => void kept.push(listOf(spans)) };
  return { sink, kept };
}

/** The parts of one invocation of a handler, whatever becomes of it. */
async function spansOf(handler: () => unknown): Promise<readonly Span[]> {
  const { sink, kept } = keepingSpans();
  await observed(handler, { sink })({}, {}).catch(() => {});
  return kept[0] ?? [];
}

const names = (spans: readonly Span[]) => spans.map(({ name }) => name);
const endOf = ({ startMillis, millis }: Span) => startMillis + millis;

/** That a part lies within another. */
function expectWithin(inner: Span | undefined, outer: Span | undefined): void {
  if (inner === undefined || outer === undefined) throw new Error('A part is missing.');
  expect(inner.startMillis).toBeGreaterThanOrEqual(outer.startMillis);
  expect(endOf(inner)).toBeLessThanOrEqual(endOf(outer));
}

describe('span', () => {
  it('gives what its work gives, at once or later', async () => {
    const given: unknown[] = [];
    await spansOf(async () => {
      given.push(span('at once', () => 7));
      given.push(await span('later', async () => 8));
    });
    expect(given).toEqual([7, 8]);
  });

  it('is told in the order of beginnings, also where parts lie within others', async () => {
    const spans = await spansOf(() => {
      span('outer', () => {
        span('first', () => {});
        span('second', () => {});
      });
      span('last', () => {});
    });
    expect(names(spans)).toEqual(['outer', 'first', 'second', 'last']);
    expect(new Set(spans.map(({ kind }) => kind))).toEqual(new Set(['span']));
    const [outer, first, second, last] = spans as [Span, Span, Span, Span];
    expectWithin(first, outer);
    expectWithin(second, outer);
    expect(second.startMillis).toBeGreaterThanOrEqual(endOf(first));
    expect(last.startMillis).toBeGreaterThanOrEqual(endOf(outer));
    expect(first.startMillis).toBeGreaterThanOrEqual(0);
  });

  it('has parts beside each other, each until its own promise is settled', async () => {
    const [one, two] = [gate(), gate()];
    const spans = await spansOf(async () => {
      const both = [span('one', () => one.opened), span('two', () => two.opened)];
      two.open();
      await both[1];
      span('between', () => {});
      one.open();
      await both[0];
    });
    expect(names(spans)).toEqual(['one', 'two', 'between']);
    const [first, second, between] = spans as [Span, Span, Span];
    expect(endOf(second)).toBeLessThanOrEqual(between.startMillis);
    expect(endOf(first)).toBeGreaterThanOrEqual(endOf(between));
  });

  it.each([
    [
      'throws',
      () =>
        span('bad', (): unknown => {
          throw new Error('as is meant');
        }),
    ],
    ['rejects', () => span('bad', () => Promise.reject(new Error('as is meant')))],
  ])('that %s fails as before, and is told', async (_how, work) => {
    const spans = await spansOf(async () => {
      await expect((async () => work())()).rejects.toThrow('as is meant');
      span('after', () => {});
    });
    const [bad, after] = spans as [Span, Span];
    expect(names(spans)).toEqual(['bad', 'after']);
    expect(after.startMillis).toBeGreaterThanOrEqual(endOf(bad));
  });

  it('that nobody has waited for lasts until the invocation ends', async () => {
    const spans = await spansOf(async () => {
      span('forgotten', () => new Promise(() => {}));
      span('last', () => {});
    });
    const [forgotten, last] = spans as [Span, Span];
    expectWithin(last, forgotten);
  });

  it('is dropped outside of an observed invocation', async () => {
    const { sink, kept } = keepingSpans();
    const handler = observed(() => span('inside', () => 1), { sink });
    expect(span('before', () => 2)).toBe(2);
    await handler({}, {});
    span('after', () => {});
    await handler({}, {});
    expect(kept.map(names)).toEqual([['inside'], ['inside']]);
  });

  it('is kept a hundred times, with a hundred characters of its name', async () => {
    const spans = await spansOf(() => {
      for (let index = 0; index < 150; index += 1) span(`${index} ${'x'.repeat(200)}`, () => {});
    });
    expect(spans).toHaveLength(100);
    expect(spans[0]?.name).toBe(`0 ${'x'.repeat(98)}`);
    expect(spans.at(-1)?.name).toMatch(/^99 /);
  });
});

describe('middySpans', () => {
  const answer = { statusCode: 200, body: '' };
  const middleware = {
    before: function readBody() {},
    after: function writeBody() {},
    onError: function answerError(request: middy.Request) {
      request.response = { ...answer, statusCode: 500 };
    },
  };

  /** The parts of one invocation of a chain that observes itself. */
  async function spansOfChain(
    core: () => unknown,
    use: (chain: middy.MiddyfiedHandler) => unknown,
  ): Promise<readonly Span[]> {
    const { sink, kept } = keepingSpans();
    const chain = middy(core as () => Promise<unknown>, middySpans).use(observe({ sink }));
    use(chain);
    await chain({}, {} as never).catch(() => {});
    return kept[0] ?? [];
  }

  it('times each middleware by its name and the handler, and not the one that observes', async () => {
    const spans = await spansOfChain(
      async () => {
        await span('work', async () => {});
        return answer;
      },
      (chain) => chain.use(middleware).before(() => undefined),
    );
    expect(spans.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'middleware readBody',
      'middleware middleware',
      'handler handler',
      'span work',
      'middleware writeBody',
    ]);
    const [before, , handler, work, after] = spans as [Span, Span, Span, Span, Span];
    expect(handler.startMillis).toBeGreaterThanOrEqual(endOf(before));
    expectWithin(work, handler);
    expect(after.startMillis).toBeGreaterThanOrEqual(endOf(handler));
  });

  it.each([
    [
      'at once',
      () => {
        throw new Error('as is meant');
      },
    ],
    [
      'later',
      async () => {
        await null;
        throw new Error('as is meant');
      },
    ],
  ])('ends a handler that throws %s where the error is answered', async (_when, core) => {
    const spans = await spansOfChain(core, (chain) => chain.use(middleware));
    expect(names(spans)).toEqual(['readBody', 'handler', 'answerError']);
    const [, handler, onError] = spans as [Span, Span, Span];
    expect(onError.startMillis).toBeGreaterThanOrEqual(endOf(handler));
  });

  it('ends a middleware that throws where the error is answered', async () => {
    const spans = await spansOfChain(
      () => answer,
      (chain) =>
        chain.use(middleware).before(function fail() {
          throw new Error('as is meant');
        }),
    );
    expect(names(spans)).toEqual(['readBody', 'fail', 'answerError']);
    const [, failed, onError] = spans as [Span, Span, Span];
    expect(onError.startMillis).toBeGreaterThanOrEqual(endOf(failed));
  });

  it('around a chain, has what ran before an early answer or an error that nobody answers', async () => {
    const early = middy(async () => answer, middySpans).before(function refuse() {
      return { ...answer, statusCode: 429 };
    });
    expect(names(await spansOf(() => early({}, {} as never)))).toEqual(['refuse']);
    const broken = middy(async () => {
      throw new Error('as is meant');
    }, middySpans);
    const spans = await spansOf(async () => {
      await broken({}, {} as never).catch(() => {});
      span('after', () => {});
    });
    expect(names(spans)).toEqual(['handler', 'after']);
    const [handler, after] = spans as [Span, Span];
    expect(after.startMillis).toBeGreaterThanOrEqual(endOf(handler));
  });

  it('goes on after an early answer that the observing middleware does not see', async () => {
    const { sink, kept } = keepingSpans();
    const chain = middy(async (event: { early: boolean }) => event, middySpans)
      .use(observe({ sink }))
      .before(function mayAnswer({ event }) {
        return (event as { early: boolean }).early ? answer : undefined;
      });
    await chain({ early: true }, {} as never);
    await chain({ early: false }, {} as never);
    expect(kept.map(names)).toEqual([['mayAnswer', 'handler']]);
  });

  it('has a chain within the handler of another as parts of that', async () => {
    const inner = middy(async () => answer, middySpans).use({ before: middleware.before });
    const spans = await spansOfChain(
      async () => inner({}, {} as never),
      (chain) => chain.use({ after: middleware.after }),
    );
    expect(names(spans)).toEqual(['handler', 'readBody', 'handler', 'writeBody']);
    const [outer, first, second, after] = spans as [Span, Span, Span, Span];
    expectWithin(first, outer);
    expectWithin(second, outer);
    expect(after.startMillis).toBeGreaterThanOrEqual(endOf(outer));
  });

  it('leaves a time-out that Middy answers early its open parts as far as they got', async () => {
    const { sink, kept } = keepingSpans();
    const core = () => span('query', () => new Promise(() => {}));
    const chain = middy(core, { ...middySpans, timeoutEarlyInMillis: 10 })
      .use(observe({ sink }))
      .use(middleware);
    const context = { getRemainingTimeInMillis: () => 30 };
    await chain({}, context as never);
    const [spans = []] = kept;
    expect(names(spans)).toEqual(['readBody', 'handler', 'query', 'answerError']);
    expectWithin(spans[3], spans[2]);
  });
});
