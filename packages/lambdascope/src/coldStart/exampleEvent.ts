/** An event that API Gateway would send for a function's first route. */
import { routesOfEvent } from '../emulator/routes.ts';

/** It; none of a function that no request leads to. */
export function exampleEvent(events: readonly object[]): object | undefined {
  for (const event of events) {
    const route = routesOfEvent(event).find(({ method }) => method !== '');
    if (route === undefined) continue;
    return 'httpApi' in event ? ofHttpApi(route) : ofRestApi(route);
  }
  return undefined;
}

interface HttpRoute {
  readonly method: string;
  readonly route: string;
}

const headers = { 'content-type': 'application/json', host: 'example.com' };

/** Payload format 1.0. */
function ofRestApi({ method, route }: HttpRoute): object {
  const path = pathOf(route);
  return {
    resource: route,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: parametersOf(route) ?? null,
    stageVariables: null,
    requestContext: {
      httpMethod: method,
      identity: { sourceIp: '127.0.0.1', userAgent: 'lambdascope' },
      path,
      protocol: 'HTTP/1.1',
      requestId: 'lambdascope',
      resourcePath: route,
      stage: 'dev',
    },
    body: bodyOf(method) ?? null,
    isBase64Encoded: false,
  };
}

/** Payload format 2.0. */
function ofHttpApi({ method, route }: HttpRoute): object {
  const path = pathOf(route);
  const routeKey = route === '$default' ? route : `${method} ${route}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers,
    pathParameters: parametersOf(route),
    requestContext: {
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'lambdascope' },
      requestId: 'lambdascope',
      routeKey,
      stage: '$default',
    },
    body: bodyOf(method),
    isBase64Encoded: false,
  };
}

const PARAMETER = /\{([^}+]+)\+?\}/g;
const VALUE = 'example';

function pathOf(route: string): string {
  return route === '$default' ? '/' : route.replace(PARAMETER, VALUE);
}

function parametersOf(route: string): object | undefined {
  const names = [...route.matchAll(PARAMETER)].map(([, name = '']) => name);
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, VALUE]));
}

function bodyOf(method: string): string | undefined {
  return ['POST', 'PUT', 'PATCH'].includes(method) ? '{}' : undefined;
}
