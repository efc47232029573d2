/** Which routes the service has, and so which label sets its metrics can have. */

/** One route of one function. */
export interface Route {
  readonly function: string;
  /** In capitals. */
  readonly method: string;
  /** Resource path, with a leading slash: `/docs/{file}`. */
  readonly route: string;
}

/** The part of a service that names its routes. */
export interface Service {
  getAllFunctions(): readonly string[];
  getAllEventsInFunction(name: string): readonly object[] | undefined;
}

/** The routes of every `http` event of a service. */
export function routesOf(service: Service): Route[] {
  return service.getAllFunctions().flatMap((name) =>
    (service.getAllEventsInFunction(name) ?? []).flatMap((event) => {
      const http = 'http' in event ? event.http : undefined;
      if (!isHttp(http)) return [];
      const route = `/${http.path.replace(/^\//, '')}`;
      return [{ function: name, method: http.method.toUpperCase(), route }];
    }),
  );
}

/** The statuses that a function, or the gateway in its place, can answer on a route. */
export function statusesOf({ method, route }: Route): readonly number[] {
  if (method === 'POST') return [200, 400, 413, 415, 422, 429, 500, 502, 504];
  return route.includes('{') ? [200, 404, 429, 500, 502, 504] : [200, 429, 500, 502, 504];
}

function isHttp(http: unknown): http is { method: string; path: string } {
  return typeof http === 'object' && http !== null && 'method' in http && 'path' in http;
}
