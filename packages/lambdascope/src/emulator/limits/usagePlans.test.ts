import { expect, it } from 'vitest';
import { keysOf, limitsOfKeys } from './usagePlans.ts';

const plans = [{ free: { throttle: { burstLimit: 1, rateLimit: 1 } } }, { paid: {} }];

it.each([
  ['names', ['a', 'b'], {}, ['a=a default', 'b=b default']],
  ['a value', [{ name: 'a', value: 'v', description: 'd', customerId: 'c' }], {}, ['a=v default']],
  ['a value without a name', [{ value: 'v' }], undefined, ['v=v default']],
  ['a key that is off', [{ name: 'a', enabled: false }], {}, ['a=a default off']],
  ['a value of CloudFormation', [{ name: 'a', value: { Ref: 'V' } }], {}, ['a=a default']],
  ['nothing to call it by', [{ description: 'd' }, null, 1], {}, []],
  [
    'lists by plan',
    [{ free: ['a', { name: 'b', value: 'v' }] }, { paid: [{ value: 'w' }] }],
    plans,
    ['a=a free', 'b=v free', 'w=w paid'],
  ],
  ['a key of no plan', ['a', { free: ['b'] }], plans, ['a=a none', 'b=b free']],
  ['no keys', undefined, plans, []],
])('reads %s', (_name, apiKeys, usagePlan, keys) => {
  const read = keysOf({ apiKeys, usagePlan });
  expect(
    read.map(
      ({ name, value, plan = 'none', enabled }) =>
        `${name}=${value} ${plan}${enabled ? '' : ' off'}`,
    ),
  ).toEqual(keys);
});

it('has no keys without an API', () => {
  expect(keysOf(undefined)).toEqual([]);
});

/** How many of ten requests at once a key's throttle and quota take. */
function taken(service: Parameters<typeof limitsOfKeys>[0], key: string) {
  const { throttle, quota } = limitsOfKeys(service, 0).get(key) ?? {};
  return [throttle, quota].map(
    (limit) => limit && Array.from({ length: 10 }, () => limit.take(0)).filter((r) => !r).length,
  );
}

it('gives every key of a plan its own limits', () => {
  const usagePlan = {
    throttle: { burstLimit: 2, rateLimit: 1 },
    quota: { limit: '6', offset: 1, period: 'DAY' },
  };
  const service = { provider: { apiGateway: { apiKeys: ['a', 'b'], usagePlan } } };
  const limits = limitsOfKeys(service, 0);
  expect(limits.get('a')?.throttle?.take(0)).toBeUndefined();
  expect(limits.get('a')?.throttle?.take(0)).toBeUndefined();
  expect(limits.get('a')?.throttle?.take(0)).toBe('burst');
  expect(limits.get('b')?.throttle?.take(0)).toBeUndefined();
  expect(taken(service, 'a')).toEqual([2, 5]);
});

it('takes from each of many plans what it has', () => {
  const apiKeys = ['n', { free: ['f'] }, { paid: ['p'] }, { open: ['o'] }];
  const usagePlan = [
    { free: { throttle: { burstLimit: 1 }, quota: { limit: 3, period: 'MONTH' } } },
    { paid: { throttle: { burstLimit: 4, rateLimit: { Ref: 'Rate' } } } },
    { open: { quota: { limit: { Ref: 'Limit' }, period: 'DAY' } } },
  ];
  const service = { provider: { apiGateway: { apiKeys, usagePlan } } };
  expect(taken(service, 'f')).toEqual([1, 3]);
  expect(taken(service, 'p')).toEqual([4, undefined]);
  expect(taken(service, 'o')).toEqual([undefined, undefined]);
  expect(limitsOfKeys(service, 0).has('n')).toBe(false);
});

it('reads what the service changes in a plan of Serverless', () => {
  const service = {
    provider: {
      apiGateway: {
        apiKeys: [{ free: ['f'] }],
        usagePlan: [{ free: { throttle: { burstLimit: 1 }, quota: { limit: 3, period: 'DAY' } } }],
      },
    },
    resources: {
      Resources: { ApiGatewayUsagePlanFree: { Properties: { Throttle: { BurstLimit: 4 } } } },
      extensions: {
        ApiGatewayUsagePlanFree: {
          Properties: {
            Throttle: { BurstLimit: 5 },
            ApiStages: [{ Throttle: { '/orders/GET': { RateLimit: 1, BurstLimit: 2 } } }],
          },
        },
      },
    },
  };
  expect(taken(service, 'f')).toEqual([5, 3]);
  const methods = limitsOfKeys(service, 0).get('f')?.methods;
  const take = () => methods?.('GET', '/orders')?.take(0);
  expect([take(), take(), take()]).toEqual([undefined, undefined, 'burst']);
});
