import { expect, it } from 'vitest';
import { methodBuckets, planThrottles, stageThrottles } from './methodThrottles.ts';

/** A service of these events, and what else it says. */
const serviceOf = (rest: object, events: readonly object[] = []) => ({
  ...rest,
  getAllFunctions: () => ['orders'],
  getAllEventsInFunction: () => events,
});

/** Throttles as `GET /orders 5 10`. */
const listed = (throttles: ReturnType<typeof planThrottles>) =>
  [...throttles].map(([name, { rate, burst }]) => `${name} ${rate} ${burst}`);

const rest = (HttpMethod: string, ResourcePath: string, rate: unknown, burst?: unknown) => ({
  HttpMethod,
  ResourcePath,
  ThrottlingRateLimit: rate,
  ThrottlingBurstLimit: burst,
});

it('reads the settings of a REST stage, by the notations of its paths', () => {
  const MethodSettings = [
    rest('*', '/*', 20, 40),
    rest('GET', '/~1orders~1{id}', '5', '10'),
    rest('POST', '/', 1, 2),
    rest('PUT', '/orders', 3),
    rest('GET', '*', 7, 8),
    rest('DELETE', '/~1orders', { Ref: 'Rate' }),
  ];
  const Resources = {
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { MethodSettings } },
    Other: { Type: 'AWS::SNS::Topic', Properties: { MethodSettings: [rest('GET', '/a', 1, 1)] } },
  };
  const service = serviceOf({ resources: { Resources } });
  expect(listed(stageThrottles(service, 'rest'))).toEqual([
    '* * 20 40',
    'GET /orders/{id} 5 10',
    'POST / 1 2',
    'PUT /orders 3 5000',
    'GET * 7 8',
  ]);
  expect(listed(stageThrottles(service, 'http'))).toEqual([]);
});

it.each([
  ['rest', 'ApiGatewayStage', { MethodSettings: [rest('*', '/*', 1, 2)] }],
  [
    'http',
    'HttpApiStage',
    { DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } },
  ],
] as const)(
  'reads what the service changes in the %s stage of Serverless',
  (api, id, Properties) => {
    const service = serviceOf({ resources: { extensions: { [id]: { Properties } } } });
    expect(listed(stageThrottles(service, api))).toEqual(['* * 1 2']);
  },
);

it('reads the settings of an HTTP stage', () => {
  const setting = (rate: number) => ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: 9 });
  const Properties = {
    DefaultRouteSettings: setting(1),
    RouteSettings: {
      'GET /orders/{id}': setting(2),
      'ANY /orders': setting(3),
      $default: setting(4),
      'POST /logs': { DetailedMetricsEnabled: true },
    },
  };
  const Resources = { Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties } };
  expect(listed(stageThrottles(serviceOf({ resources: { Resources } }), 'http'))).toEqual([
    '* * 1 9',
    'GET /orders/{id} 2 9',
    '* /orders 3 9',
    '* $default 4 9',
  ]);
});

const throttling = { maxRequestsPerSecond: 2, maxConcurrentRequests: 3 };
const events = [
  { http: { method: 'get', path: 'orders/{id}', integration: 'lambda', throttling } },
  { http: 'GET /plain' },
  { http: { method: 'get', path: '/inherits' } },
  { httpApi: { method: 'post', path: '/orders', throttling } },
  { schedule: 'rate(1 day)' },
];

it('takes what serverless-api-gateway-throttling sets over the stage', () => {
  const Properties = { MethodSettings: [rest('*', '/*', 20, 40), rest('GET', '/plain', 7, 8)] };
  const service = serviceOf(
    {
      custom: { apiGatewayThrottling: { maxRequestsPerSecond: 10, maxConcurrentRequests: 5 } },
      resources: { extensions: { ApiGatewayStage: { Properties } } },
    },
    events,
  );
  expect(listed(stageThrottles(service, 'rest'))).toEqual([
    '* * 10 5',
    'GET /plain 7 8',
    'GET /orders/{id} 2 3',
  ]);
  expect(listed(stageThrottles(service, 'http'))).toEqual(['* * 10 5', 'POST /orders 2 3']);
});

it('leaves its notation alone in events when it has no options, as it then does nothing', () => {
  expect(listed(stageThrottles(serviceOf({}, events), 'rest'))).toEqual([]);
});

it('reads what a plan sets for methods', () => {
  const Throttle = {
    '/orders/{id}/GET': { RateLimit: 1, BurstLimit: 2 },
    '//POST': { RateLimit: '3', BurstLimit: 4 },
    '/orders/PUT': { RateLimit: { Ref: 'Rate' } },
  };
  expect(listed(planThrottles([{ Stage: 'dev' }, { Throttle }]))).toEqual([
    'GET /orders/{id} 1 2',
    'POST / 3 4',
  ]);
});

it('takes the setting that says most, and a bucket of its own for each method', () => {
  const burst = (size: number) => ({ rate: 1, burst: size });
  const buckets = methodBuckets(
    new Map([
      ['* *', burst(1)],
      ['GET *', burst(2)],
      ['* /orders', burst(3)],
      ['GET /orders', burst(4)],
      ['* /logs', burst(5)],
    ]),
  );
  /** How many of ten requests at once are taken. */
  const taken = (method: string, route: string) =>
    Array.from({ length: 10 }, () => buckets(method, route)?.take(0)).filter((reason) => !reason)
      .length;
  expect(taken('GET', '/orders')).toBe(4);
  expect(taken('PUT', '/orders')).toBe(3);
  expect(taken('POST', '/orders')).toBe(3);
  expect(taken('GET', '/logs')).toBe(5);
  expect(taken('GET', '/else')).toBe(2);
  expect(taken('PUT', '/else')).toBe(1);
  expect(taken('PUT', '/other')).toBe(1);
  expect(methodBuckets(new Map())('GET', '/orders')).toBeUndefined();
});
