import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyThrottle, anyTimes } from '../../../test/anyTraffic.ts';
import { createGatewayLimits, type GatewayRequest } from './gatewayLimits.ts';
import { createQuota } from './quota.ts';
import type { Throttle } from './throttle.ts';
import { createTokenBucket } from './tokenBucket.ts';

/** Requests of two keys, one unknown key and none to two methods, at any times. */
const anyRequests = anyTimes.chain((times) =>
  fc.tuple(
    ...times.map((at) =>
      fc.record({
        at: fc.constant(at),
        api: fc.constant('rest' as const),
        method: fc.constantFrom('GET', 'PUT'),
        route: fc.constant('/orders'),
        apiKey: fc.constantFrom('a', 'b', 'unknown', undefined),
        isPrivate: fc.boolean(),
      }),
    ),
  ),
);

type Request = GatewayRequest & { readonly at: number };

const anySettings = fc.record({
  plan: fc.option(anyThrottle),
  planMethod: fc.option(anyThrottle),
  quota: fc.option(fc.nat({ max: 12 })),
  stage: fc.option(anyThrottle),
});

type Settings = typeof anySettings extends fc.Arbitrary<infer T> ? T : never;

function serviceOf({ plan, planMethod, quota, stage }: Settings) {
  const ApiStages = [
    { Throttle: planMethod && { '/orders/GET': limits(planMethod, 'RateLimit', 'BurstLimit') } },
  ];
  const MethodSettings = stage && [
    {
      HttpMethod: '*',
      ResourcePath: '/*',
      ...limits(stage, 'ThrottlingRateLimit', 'ThrottlingBurstLimit'),
    },
  ];
  return {
    getAllFunctions: () => [],
    getAllEventsInFunction: () => [],
    provider: {
      apiGateway: {
        apiKeys: ['a', 'b'],
        usagePlan: {
          throttle: plan && limits(plan, 'rateLimit', 'burstLimit'),
          quota: quota === null ? null : { limit: quota, period: 'DAY' },
        },
      },
    },
    resources: {
      extensions: {
        ApiGatewayUsagePlan: { Properties: { ApiStages } },
        ApiGatewayStage: { Properties: { MethodSettings } },
      },
    },
  };
}

const limits = ({ rate, burst }: Throttle, rateName: string, burstName: string) => ({
  [rateName]: rate,
  [burstName]: burst,
});

/** What each request is refused for. */
function refusals(settings: Settings, requests: readonly Request[]) {
  let now = 0;
  const gateway = createGatewayLimits(serviceOf(settings), { now: () => now, epoch: () => now });
  return requests.map((request) => {
    now = request.at;
    return gateway.refusal(request);
  });
}

/** Whether a request has a plan. */
const isMetered = ({ isPrivate, apiKey }: Request) =>
  isPrivate && (apiKey === 'a' || apiKey === 'b');

it('admits no more than burst and rate in any stretch of time, by any limit', () => {
  fc.assert(
    fc.property(anySettings, anyRequests, (settings, requests) => {
      const answers = refusals(settings, requests);
      const admitted = requests.filter((_, i) => answers[i] === undefined);
      for (const method of ['GET', 'PUT']) {
        expectWithin(
          settings.stage,
          admitted.filter((one) => one.method === method),
        );
      }
      for (const key of ['a', 'b']) {
        const ofKey = admitted.filter((one) => isMetered(one) && one.apiKey === key);
        expectWithin(settings.plan, ofKey);
        expectWithin(
          settings.planMethod,
          ofKey.filter(({ method }) => method === 'GET'),
        );
        expect(ofKey.length).toBeLessThanOrEqual(settings.quota ?? Number.POSITIVE_INFINITY);
      }
    }),
    { numRuns: 500 },
  );
});

function expectWithin(throttle: Throttle | null, admitted: readonly Request[]) {
  if (throttle === null) return;
  const times = admitted.map(({ at }) => at);
  for (const [first, from] of times.entries()) {
    for (const [last, to] of times.slice(first).entries()) {
      expect(last + 1).toBeLessThanOrEqual(throttle.burst + (throttle.rate * (to - from)) / 1000);
    }
  }
}

it('asks one limit after the other, and takes nothing from those after a refusal', () => {
  fc.assert(
    fc.property(anySettings, anyRequests, (settings, requests) => {
      const ordered = orderedLimits(settings);
      const answers = requests.map((one) => {
        for (const limitOf of ordered) {
          const reason = limitOf(one)?.take(one.at);
          if (reason !== undefined) return reason;
        }
        return undefined;
      });
      expect(refusals(settings, requests)).toEqual(answers);
    }),
    { numRuns: 500 },
  );
});

/** The limits of a request, in AWS' order. */
function orderedLimits({ planMethod, plan, quota, stage }: Settings) {
  /** One limit for each name; none without a name. */
  const each = <T>(nameOf: (one: Request) => string | undefined, limitOf: () => T | null) => {
    const made = new Map(['a', 'b', 'GET', 'PUT'].map((name) => [name, limitOf()]));
    return (one: Request) => made.get(nameOf(one) ?? '');
  };
  const bucket = (throttle: Throttle | null) => () => throttle && createTokenBucket(throttle);
  const key = (one: Request) => (one.isPrivate ? one.apiKey : undefined);
  return [
    each((one) => (one.method === 'GET' ? key(one) : undefined), bucket(planMethod)),
    each(key, bucket(plan)),
    each(key, () =>
      quota === null ? null : createQuota({ limit: quota, period: 'DAY', offset: 0 }, 0),
    ),
    each((one) => one.method, bucket(stage)),
  ];
}

const none: Settings = { plan: null, planMethod: null, quota: null, stage: null };
const burstOfNone = { rate: 1, burst: 0 };
const request = { at: 0, api: 'rest', method: 'GET', route: '/orders' } as const;

it.each([
  ['a key of the plan', { apiKey: 'a', isPrivate: true }, 'burst'],
  ['an unknown key', { apiKey: 'c', isPrivate: true }, undefined],
  ['no key', { apiKey: undefined, isPrivate: true }, undefined],
  ['a key where none is asked for', { apiKey: 'a', isPrivate: false }, undefined],
])('a plan is for %s: %j', (_name, parts, reason) => {
  expect(refusals({ ...none, plan: burstOfNone }, [{ ...request, ...parts }])).toEqual([reason]);
});

it("one API's stage says nothing of the other's", () => {
  const open = { ...request, apiKey: undefined, isPrivate: false };
  expect(refusals({ ...none, stage: burstOfNone }, [open, { ...open, api: 'http' }])).toEqual([
    'burst',
    undefined,
  ]);
});

it('the account has one limit for all that nobody else limits', () => {
  const many = Array.from({ length: 5_002 }, (_, i) => ({
    ...request,
    api: i % 2 ? ('rest' as const) : ('http' as const),
    route: `/${i % 7}`,
    apiKey: undefined,
    isPrivate: false,
  }));
  const answers = refusals(none, many);
  expect(answers.lastIndexOf(undefined)).toBe(4_999);
  expect(answers.slice(5_000)).toEqual(['burst', 'burst']);
});
