/** How fast requests to each method of an API may come. */
import { routesOfEvent, type Service } from '../routes.ts';
import { listOf, propertiesOfType, recordOf, type WithResources } from './resources.ts';
import { type Throttle, throttleOf } from './throttle.ts';
import { createTokenBucket, type TokenBucket } from './tokenBucket.ts';

export type Api = 'rest' | 'http';

/** By method and route, `GET /orders/{id}`; either may be `*`. */
export type Throttles = ReadonlyMap<string, Throttle>;

/** The bucket of a method in capitals and a route, if it is throttled. */
export type MethodBuckets = (method: string, route: string) => TokenBucket | undefined;

/** The part of a service that says what its stages take. */
export interface ThrottledService extends Service, WithResources {
  /** Options of plugins. */
  readonly custom?: unknown;
}

/**
 * A bucket for each method of a route, also where methods share a setting, as in AWS. (A route of an
 * HTTP API for any method has one bucket there, and here one for each method.)
 */
export function methodBuckets(throttles: Throttles): MethodBuckets {
  const buckets = new Map<string, TokenBucket | undefined>();
  return (method, route) => {
    const name = `${method} ${route}`;
    if (!buckets.has(name)) {
      const throttle = throttleAt(throttles, method, route);
      buckets.set(name, throttle && createTokenBucket(throttle));
    }
    return buckets.get(name);
  };
}

/** What holds for a method of a route: the most exact that is set. */
export function throttleAt(
  throttles: Throttles,
  method: string,
  route: string,
): Throttle | undefined {
  const names = [`${method} ${route}`, `* ${route}`, `${method} *`, '* *'];
  const setting = names.find((one) => throttles.has(one));
  return setting === undefined ? undefined : throttles.get(setting);
}

/**
 * What a service sets for the stage of an API: in resources, or over them by the notation of the plugin
 * serverless-api-gateway-throttling, which changes the stage that is deployed.
 */
export function stageThrottles(service: ThrottledService, api: Api): Throttles {
  const ofResources = api === 'rest' ? ofRestStages(service) : ofHttpStages(service);
  return throttles([...ofResources, ...ofPlugin(service, api)]);
}

/** What a usage plan sets for methods, of each key: `ApiStages` of `AWS::ApiGateway::UsagePlan`. */
export function planThrottles(apiStages: unknown): Throttles {
  const entries = listOf(apiStages).flatMap((stage) =>
    Object.entries(recordOf(recordOf(stage)['Throttle'])),
  );
  return throttles(
    entries.map(([path, setting]) => {
      const { RateLimit, BurstLimit } = recordOf(setting);
      const slash = path.lastIndexOf('/');
      const [route, method] = [path.slice(0, slash), path.slice(slash + 1)];
      return [nameOf(method, route), RateLimit, BurstLimit];
    }),
  );
}

/** A name with its rate and burst, whatever they are. */
type Setting = readonly [name: string, rate: unknown, burst: unknown];

/** The settings that say anything; the last of a name counts. */
function throttles(settings: readonly Setting[]): Throttles {
  return new Map(
    settings.flatMap(([name, rate, burst]) => {
      const throttle = throttleOf(rate, burst);
      return throttle ? [[name, throttle] as const] : [];
    }),
  );
}

function ofRestStages(service: WithResources): Setting[] {
  const stages = propertiesOfType(service, 'AWS::ApiGateway::Stage', 'ApiGatewayStage');
  return stages
    .flatMap(({ MethodSettings }) => listOf(MethodSettings))
    .map((setting) => {
      const { HttpMethod, ResourcePath, ThrottlingRateLimit, ThrottlingBurstLimit } =
        recordOf(setting);
      return [
        nameOf(String(HttpMethod), String(ResourcePath)),
        ThrottlingRateLimit,
        ThrottlingBurstLimit,
      ];
    });
}

function ofHttpStages(service: WithResources): Setting[] {
  const stages = propertiesOfType(service, 'AWS::ApiGatewayV2::Stage', 'HttpApiStage');
  return stages
    .flatMap(({ DefaultRouteSettings, RouteSettings }) => [
      ['*', DefaultRouteSettings] as const,
      ...Object.entries(recordOf(RouteSettings)),
    ])
    .map(([key, setting]) => {
      const { ThrottlingRateLimit, ThrottlingBurstLimit } = recordOf(setting);
      const [route = '', method = '*'] = key.split(' ').toReversed();
      return [nameOf(method, route), ThrottlingRateLimit, ThrottlingBurstLimit];
    });
}

/** The plugin does nothing unless it has options; an event has its own beside method and path. */
function ofPlugin(service: ThrottledService, api: Api): Setting[] {
  const { apiGatewayThrottling } = recordOf(service.custom);
  if (apiGatewayThrottling === undefined) return [];
  const { maxRequestsPerSecond, maxConcurrentRequests } = recordOf(apiGatewayThrottling);
  const kind = api === 'rest' ? 'http' : 'httpApi';
  const events = service
    .getAllFunctions()
    .flatMap((name) => service.getAllEventsInFunction(name) ?? [])
    .map((event) => recordOf(recordOf(event)[kind]));
  return [
    ['* *', maxRequestsPerSecond, maxConcurrentRequests],
    ...events.flatMap(({ method, path, throttling }): Setting[] => {
      if (throttling === undefined) return [];
      const own = recordOf(throttling);
      return routesOfEvent({ [kind]: { method, path } }).map((one) => [
        nameOf(one.method, one.route),
        own['maxRequestsPerSecond'],
        own['maxConcurrentRequests'],
      ]);
    }),
  ];
}

/** CloudFormation writes `/a/b` as `/~1a~1b`, and every path as `/*`. */
function nameOf(method: string, path: string): string {
  const route = path.replaceAll('~1', '/').replace(/^\/*(?=\/|\*$)/, '') || '/';
  return `${method === 'ANY' ? '*' : method} ${route}`;
}
