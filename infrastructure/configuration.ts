/** What the resources must know of `serverless.yml` and of the parameters that a deployment is given. */
import { type Route as FunctionRoute, routesOf } from 'lambdascope/emulator/routes';

/** What Serverless gives to a function that makes a part of its configuration. */
export interface ServerlessVariables {
  /** The value of a variable, by what stands in its braces. */
  resolveVariable(variable: string): Promise<unknown>;
  /** The value of a part of `serverless.yml`. */
  resolveConfigurationProperty(path: readonly string[]): Promise<unknown>;
}

/** A function, as `serverless.yml` has it. */
interface FunctionEntry {
  readonly events?: readonly object[];
}

/** A path and the methods that it takes. */
export interface Route {
  readonly path: string;
  readonly methods: readonly string[];
}

/** What differs between deployments; `serverless.yml` says what each parameter means. */
export interface Configuration {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** New at each packaging. */
  readonly instanceId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly apiKeyCount: number;
  /** Namespace of the metrics that functions write. */
  readonly emfNamespace: string;
  readonly functions: readonly string[];
  /** Functions with a route. */
  readonly httpFunctions: readonly string[];
  readonly routes: readonly Route[];
  readonly alarmEmail: string;
  readonly xray: boolean;
  readonly reserveConcurrency: boolean;
  readonly rate: number;
  readonly burst: number;
  /** Minutes without a request until an alarm; 0: none. */
  readonly noTrafficMinutes: number;
  /** `AllAtOnce`, or how CodeDeploy moves requests to new versions. */
  readonly rollout: string;
  /** Instances of `predict` that are always ready. */
  readonly provisionedConcurrency: number;
  readonly logRetentionDays: number;
}

/** Asks Serverless for all of it. */
export async function readConfiguration(serverless: ServerlessVariables): Promise<Configuration> {
  const variable = async (name: string) => String(await serverless.resolveVariable(name));
  const flag = async (name: string) => (await variable(`param:${name}`)) === 'true';
  const number = async (name: string) => Number(await variable(`param:${name}`));
  const property = (...path: string[]) => serverless.resolveConfigurationProperty(path);

  const functions = (await property('functions')) as Record<string, FunctionEntry>;
  const routes = routesOf({
    getAllFunctions: () => Object.keys(functions),
    getAllEventsInFunction: (name) => functions[name]?.events,
  }).filter(({ method }) => method !== '');
  const apiKeys = (await property('provider', 'apiGateway', 'apiKeys')) as unknown[];
  return {
    service: String(await property('service')),
    stage: await variable('sls:stage'),
    region: String(await property('provider', 'region')),
    instanceId: await variable('sls:instanceId'),
    tags: (await property('custom', 'tags')) as Record<string, string>,
    apiKeyCount: apiKeys.length,
    emfNamespace: String(await property('provider', 'environment', 'AWS_EMF_NAMESPACE')),
    functions: Object.keys(functions),
    httpFunctions: [...new Set(routes.map((route) => route.function))],
    routes: methodsByPath(routes),
    alarmEmail: await variable('param:alarmEmail'),
    xray: await flag('xray'),
    reserveConcurrency: await flag('reserveConcurrency'),
    rate: await number('rate'),
    burst: await number('burst'),
    noTrafficMinutes: await number('noTrafficMinutes'),
    rollout: await variable('param:rollout'),
    provisionedConcurrency: await number('provisionedConcurrency'),
    logRetentionDays: await number('logRetentionDays'),
  };
}

function methodsByPath(routes: readonly FunctionRoute[]): Route[] {
  const paths = Map.groupBy(routes, ({ route }) => route);
  return [...paths].map(([path, of]) => ({ path, methods: of.map(({ method }) => method) }));
}
