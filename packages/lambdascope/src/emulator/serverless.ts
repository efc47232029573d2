/** The parts of the Serverless Framework and of serverless-offline that plugins touch. */
import type { Server } from '@hapi/hapi';
import type { Service } from './routes.ts';
import { DEFAULT_MEMORY } from './runner/functionDefaults.ts';

/** A function of a service, as `serverless.yml` has it. */
export interface FunctionDefinition {
  /** Name in AWS. */
  readonly name: string;
  readonly handler?: string;
  /** In seconds. */
  readonly timeout?: number;
  readonly runtime?: string;
  /** In megabytes. */
  readonly memorySize?: number;
  readonly reservedConcurrency?: unknown;
  readonly provisionedConcurrency?: unknown;
  readonly architecture?: unknown;
  environment?: Readonly<Record<string, unknown>>;
}

/** A Serverless instance, as plugins get it. */
export interface Serverless {
  readonly service: Service & {
    readonly service: string;
    readonly provider: {
      readonly timeout?: number;
      readonly runtime?: string;
      readonly memorySize?: number;
      readonly stage?: string;
      readonly region?: string;
      readonly architecture?: unknown;
      apiGateway?: { apiKeys?: unknown; readonly usagePlan?: unknown };
    };
    /** CloudFormation's, and what is changed in those that Serverless makes. */
    readonly resources?: unknown;
    /** Options of plugins. */
    custom?: {
      'serverless-offline'?: Readonly<Record<string, unknown>>;
      lambdascope?: unknown;
    };
    getFunction(key: string): FunctionDefinition;
  };
  readonly config: { readonly servicePath: string };
  readonly pluginManager: {
    getPlugins(): readonly object[];
    spawn(command: string): Promise<void>;
  };
}

/** The instance of serverless-offline's plugin. */
export interface ServerlessOffline {
  /** Starts every server. */
  start(): Promise<void>;
  /** Stops every server, and the process unless told to skip that. */
  end(skipExit?: boolean): Promise<void>;
  internals(): { getApiGatewayServer(): Server };
}

/** The options of serverless-offline that are asked for; those of the command line are texts. */
export interface OfflineOptions {
  readonly host?: string;
  readonly httpPort?: number | string;
  readonly lambdaPort?: number | string;
  readonly prefix?: string;
  readonly noPrependStageInUrl?: boolean;
  readonly stage?: string | undefined;
  readonly useInProcess?: boolean;
  readonly useDocker?: boolean;
  readonly noTimeout?: boolean;
}

/** The options as serverless-offline has them: the command line goes before `serverless.yml`. */
export function offlineOptions(
  { service }: Serverless,
  commandLine: OfflineOptions = {},
): OfflineOptions {
  const { stage } = service.provider;
  return { stage, ...service.custom?.['serverless-offline'], ...commandLine };
}

/** Sets an option of serverless-offline over what `serverless.yml` says. */
export function setOfflineOption(
  { service }: Serverless,
  name: 'noTimeout' | 'terminateIdleLambdaTime',
  value: boolean | number,
): void {
  service.custom ??= {};
  service.custom['serverless-offline'] = { ...service.custom['serverless-offline'], [name]: value };
}

/** The running serverless-offline plugin. */
export function offlinePlugin({ pluginManager }: Serverless): ServerlessOffline {
  const plugin = pluginManager
    .getPlugins()
    .find((candidate) => candidate.constructor.name === 'ServerlessOffline');
  if (!plugin) throw new Error('serverless-offline is not among the plugins of serverless.yml');
  return plugin as ServerlessOffline;
}

/** Memory of each function in bytes, by its key. */
export function memorySizes(service: Serverless['service']): ReadonlyMap<string, number> {
  const { memorySize: ofAll = DEFAULT_MEMORY } = service.provider;
  return new Map(
    service.getAllFunctions().map((key) => {
      const { memorySize = ofAll } = service.getFunction(key);
      return [key, memorySize * 2 ** 20];
    }),
  );
}
