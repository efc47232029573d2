/** The request that the live page shows, and links to, before there was any. */
import { routesOfEvent, type Service } from './routes.ts';
import type { OfflineOptions } from './serverless.ts';

/** A request that the service has a route for. */
export interface ExampleRequest {
  readonly method: string;
  /** As the emulated gateway has it: with the stage, and with names in braces. */
  readonly path: string;
}

/** The first route for GET, or of any; none where no request leads to a function. */
export function exampleRequest(
  service: Service,
  { prefix, noPrependStageInUrl = false, stage }: OfflineOptions,
): ExampleRequest | undefined {
  const requests = service
    .getAllFunctions()
    .flatMap((name) => service.getAllEventsInFunction(name) ?? [])
    .flatMap((event) => {
      const hasStage = 'http' in event && !noPrependStageInUrl;
      const base = [prefix, hasStage && stage].map((part) => (part ? `/${part}` : '')).join('');
      return routesOfEvent(event).map(({ method, route }) => ({
        method,
        path: base + (route === '$default' ? '/' : route),
      }));
    });
  return requests.find(({ method }) => method === 'GET') ?? requests.find(({ method }) => method);
}

/** The command that sends it. */
export function commandOf({ method, path }: ExampleRequest, port: number): string {
  const post = method === 'GET' ? '' : ` -X ${method}`;
  return `curl${post} http://localhost:${port}${path}`;
}
