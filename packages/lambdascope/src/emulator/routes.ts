/** Which routes and triggers the service has, and so which label sets its metrics can have. */

/** One route of one function, or what else triggers it. */
export interface Route {
  readonly function: string;
  /** In capitals; empty when it is no HTTP route. */
  readonly method: string;
  /** Resource path, with a leading slash: `/docs/{file}`; else the name of the trigger. */
  readonly route: string;
}

/** The part of a service that names its routes. */
export interface Service {
  readonly provider?: {
    readonly httpApi?: {
      readonly authorizers?: Readonly<Record<string, { readonly functionName?: string }>>;
    };
  };
  getAllFunctions(): readonly string[];
  getAllEventsInFunction(name: string): readonly object[] | undefined;
}

/** Methods that a route for any method is asked by. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** What events are called in `serverless.yml`, and how their invocations are counted. */
const TRIGGERS: Readonly<Record<string, string>> = {
  schedule: 'schedule',
  sqs: 'sqs',
  sns: 'sns',
  s3: 's3',
  stream: 'stream',
  kafka: 'kafka',
  msk: 'kafka',
  eventBridge: 'eventbridge',
  websocket: 'websocket',
  alb: 'alb',
};

/** Every name that an invocation without an HTTP route can have instead of one. */
export const triggers: ReadonlySet<string> = new Set([
  ...Object.values(TRIGGERS),
  'ses',
  'authorizer',
  'direct',
]);

/** The routes of every event of a service; a function that no request leads to may be invoked directly. */
export function routesOf(service: Service): Route[] {
  const authorizers = authorizersOf(service);
  return service.getAllFunctions().flatMap((name) => {
    const events = service.getAllEventsInFunction(name) ?? [];
    const routes = events.flatMap((event) => routesOfEvent(event));
    if (authorizers.has(name)) routes.push({ method: '', route: 'authorizer' });
    if (routes.every(({ method }) => method === '')) routes.push({ method: '', route: 'direct' });
    return routes.map((route) => ({ function: name, ...route }));
  });
}

/** The statuses that a function, or the gateway in its place, can answer on a route. */
export function statusesOf({ method, route }: Route): readonly number[] {
  if (method === '') return [200, 500, 504];
  if (['POST', 'PUT', 'PATCH'].includes(method)) {
    return [200, 400, 413, 415, 422, 429, 500, 502, 504];
  }
  return route.includes('{') ? [200, 404, 429, 500, 502, 504] : [200, 429, 500, 502, 504];
}

/** The routes that ask for an API key, each as `METHOD /path`. */
export function privateRoutes(service: Service): ReadonlySet<string> {
  return new Set(eventsOf(service).filter(isPrivateEvent).flatMap(routesOfEvent).map(routeName));
}

/** Whether an event is a request that needs an API key. */
export function isPrivateEvent(event: object): boolean {
  return 'http' in event && isRecord(event.http) && event.http['private'] === true;
}

/** Whether it is a REST API or an HTTP API that has a path of the emulator's server. */
export function apiAt(service: Service): (path: string) => 'rest' | 'http' {
  const events = eventsOf(service);
  const paths = new Set(
    events
      .filter((event) => 'httpApi' in event)
      .flatMap((event) => routesOfEvent(event).map(pathOf)),
  );
  const isOneApi = !events.some((event) => 'http' in event);
  return (path) => (isOneApi || paths.has(path) ? 'http' : 'rest');
}

/** A route as one text. */
export function routeName({ method, route }: EventRoute): string {
  return `${method} ${route}`;
}

function pathOf({ route }: EventRoute): string {
  return route === '$default' ? '/{default*}' : route.replace('+}', '*}');
}

function eventsOf(service: Service): object[] {
  return service
    .getAllFunctions()
    .flatMap((name) => [...(service.getAllEventsInFunction(name) ?? [])]);
}

/** The functions that a gateway asks whether a request may come in. */
function authorizersOf(service: Service): ReadonlySet<unknown> {
  const ofRest = eventsOf(service)
    .map((event) =>
      'http' in event && isRecord(event.http) ? event.http['authorizer'] : undefined,
    )
    .map((authorizer) => (isRecord(authorizer) ? authorizer['name'] : authorizer));
  const ofHttpApi = Object.values(service.provider?.httpApi?.authorizers ?? {});
  return new Set([...ofRest, ...ofHttpApi.map(({ functionName }) => functionName)]);
}

export type EventRoute = Omit<Route, 'function'>;

/** The routes of one event; several where it takes any method, none where it is of an unknown kind. */
export function routesOfEvent(event: object): EventRoute[] {
  if ('http' in event) return isProxy(event.http) ? expanded(partsOf(event.http)) : [];
  if ('httpApi' in event) return expanded(partsOf(event.httpApi));
  return Object.entries(event).flatMap(([name, definition]) => {
    const route = TRIGGERS[name];
    const isOff = isRecord(definition) && definition['enabled'] === false;
    return route === undefined || isOff ? [] : [{ method: '', route }];
  });
}

/** Whether a function gets the request itself, not what a template makes of it. */
function isProxy(definition: unknown): boolean {
  const { integration = 'aws-proxy' } = isRecord(definition) ? definition : {};
  return /proxy$/i.test(String(integration));
}

/** Method and path, in either of the forms that Serverless takes. */
function partsOf(definition: unknown): { method: string; path: string } {
  if (typeof definition === 'string') {
    const [first = '*', path] = definition.trim().split(/\s+/);
    return path === undefined ? { method: '*', path: first } : { method: first, path };
  }
  const { method, path } = isRecord(definition) ? definition : {};
  return { method: String(method ?? '*'), path: String(path ?? '*') };
}

function expanded({ method, path }: { method: string; path: string }): EventRoute[] {
  const route = path === '*' ? '$default' : `/${path.replace(/^\//, '')}`;
  const isAny = method === '*' || method.toUpperCase() === 'ANY';
  return (isAny ? METHODS : [method.toUpperCase()]).map((one) => ({ method: one, route }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
