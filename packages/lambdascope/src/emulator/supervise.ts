/** Puts the kit between serverless-offline and the functions: who runs them, and what they may. */
import type { Server } from 'node:http';
import { type EmulatedServer, rememberResponses } from './awaitedResponse.ts';
import { watchAnswers } from './gatewayAnswered.ts';
import { keepGatewayLimits } from './gatewayAnswers.ts';
import { instanceEvents, isProvisioned } from './instanceEvents.ts';
import type { Internals, Pool } from './internals.ts';
import { answerAsLambda, isLambdaEndpoint } from './lambdaEndpoint.ts';
import { apiServer, lifeOf } from './life.ts';
import {
  ACCOUNT_CONCURRENCY,
  type Concurrency,
  createConcurrency,
  unlimited,
} from './limits/concurrency.ts';
import { createGatewayLimits } from './limits/gatewayLimits.ts';
import { type InvocationLimits, limitInvocations } from './limits/invocationLimits.ts';
import { keysOf } from './limits/usagePlans.ts';
import type { Options } from './options.ts';
import { apiAt, privateRoutes, routeName } from './routes.ts';
import { DEFAULT_RUNTIME, DEFAULT_TIMEOUT } from './runner/functionDefaults.ts';
import { mostInstances } from './runner/instanceLimit.ts';
import {
  beginProvisioning,
  endProvisioned,
  isProvisioning,
  PROVISION,
  whenProvisioned,
} from './runner/provisioned.ts';
import { setRunnerSettings } from './runner/runnerSettings.ts';
import {
  type FunctionDefinition,
  memorySizes,
  type OfflineOptions,
  offlinePlugin,
  type Serverless,
  setOfflineOption,
} from './serverless.ts';
import { type WatchedFunction, watchStockRunner } from './stockRunner.ts';

/** What none may reserve of the account's concurrency, after "Lambda quotas" in Lambda's guide. */
const UNRESERVED_AT_LEAST = 100;

const CLOCKS = { now: () => performance.now(), epoch: () => Date.now() };

const RUNNER = new URL('./runner/instanceRunner.js', import.meta.url).href;
const PRELOAD = new URL('./threadPreload.js', import.meta.url).href;

export interface Supervision {
  readonly serverless: Serverless;
  readonly options: Options;
  readonly internals: Internals;
  readonly offline: OfflineOptions;
}

/** A function of the service, by its key. */
interface KeyedFunction extends FunctionDefinition {
  readonly key: string;
}

/** Before serverless-offline starts. */
export async function supervise(supervision: Supervision): Promise<void> {
  const { serverless, options, internals } = supervision;
  const { service } = serverless;
  const isLimited = options.limits ?? true;
  const functions = service
    .getAllFunctions()
    .map((key): KeyedFunction => ({ key, ...service.getFunction(key) }));
  const concurrency = isLimited ? concurrencyOf(functions, options) : unlimited;

  const isOwn = useOwnRunner(supervision, functions, concurrency, isLimited);
  const handlerRunner = await internals.handlerRunner();
  if (handlerRunner !== undefined) {
    const others = functions.filter((one) => !isOwn(one));
    if (others.length > 0) watchStockRunner(handlerRunner, watchedFunctions(supervision, others));
    limitInvocations(handlerRunner, invocationLimits(service, functions, concurrency, isLimited));
  }
  // Its own timer includes the init, and says it in words of its own.
  setOfflineOption(serverless, 'noTimeout', true);
  if (functions.some(isOwn)) await provision(supervision, functions.filter(isOwn));
  answerAsAws(supervision, isLimited);
}

/** Whether the kit's own runner runs a function, from now on. */
function useOwnRunner(
  { serverless, options, internals, offline }: Supervision,
  functions: readonly KeyedFunction[],
  concurrency: Concurrency,
  isLimited: boolean,
): (one: KeyedFunction) => boolean {
  const { runner = 'lambdascope', isolation = 'thread' } = options;
  const { runtime = DEFAULT_RUNTIME } = serverless.service.provider;
  const isOnNode = (one: KeyedFunction) => (one.runtime ?? runtime).startsWith('nodejs');
  const isWished = runner === 'lambdascope' && !offline.useInProcess && !offline.useDocker;
  if (!isWished || !functions.some(isOnNode) || !internals.replaceThreadRunner(RUNNER)) {
    return () => false;
  }
  setRunnerSettings({
    isolation,
    loader: internals.loader,
    isLimited,
    keepsTime: !offline.noTimeout,
    concurrency,
  });
  return isOnNode;
}

function watchedFunctions(
  { serverless, offline }: Supervision,
  functions: readonly KeyedFunction[],
): ReadonlyMap<string, WatchedFunction> {
  const { service } = serverless;
  const { timeout = DEFAULT_TIMEOUT } = service.provider;
  const sizes = memorySizes(service);
  return new Map(
    functions.map((one) => {
      // What runs in this process has its environment, and is not loaded by a thread.
      if (!offline.useInProcess) preload(service.getFunction(one.key));
      const timeoutMillis = offline.noTimeout ? undefined : (one.timeout ?? timeout) * 1000;
      const memorySizeBytes = sizes.get(one.key) ?? 0;
      return [one.name, { key: one.key, name: one.name, timeoutMillis, memorySizeBytes }];
    }),
  );
}

/** Lets Node load a file into each thread of a function, before the function. */
function preload(definition: FunctionDefinition): void {
  const { environment = {} } = definition;
  const before = environment['NODE_OPTIONS'];
  definition.environment = {
    ...environment,
    NODE_OPTIONS: [before, `--import=${PRELOAD}`].filter(Boolean).join(' '),
    LAMBDASCOPE_NODE_OPTIONS: before ?? '',
  };
}

function concurrencyOf(
  functions: readonly KeyedFunction[],
  { accountConcurrency: account = ACCOUNT_CONCURRENCY }: Options,
): Concurrency {
  const reserved = new Map(
    functions.flatMap(({ key, reservedConcurrency }) => {
      const count = countOf(reservedConcurrency);
      return count === undefined ? [] : [[key, count] as const];
    }),
  );
  const sum = [...reserved.values()].reduce((total, count) => total + count, 0);
  if (sum > account - UNRESERVED_AT_LEAST) {
    console.error(
      `AWS would not deploy this: functions reserve ${sum} of the account's concurrency of ${account}, and ${UNRESERVED_AT_LEAST} must stay free (custom.lambdascope.accountConcurrency).`,
    );
  }
  const most = mostInstances();
  if (most < account) {
    console.log(
      `At most ${most} instances at once on this machine, ${account} in AWS; MAX_INSTANCES sets another number.`,
    );
  }
  return createConcurrency({ account, reserved });
}

function invocationLimits(
  service: Serverless['service'],
  functions: readonly KeyedFunction[],
  concurrency: Concurrency,
  isLimited: boolean,
): InvocationLimits {
  const asking = privateRoutes(service);
  const { apiGateway } = service.provider;
  const gateway = isLimited ? createGatewayLimits(service, CLOCKS) : undefined;
  if (apiGateway?.apiKeys) {
    // serverless-offline takes no keys of several plans; who has which is known by now.
    apiGateway.apiKeys = keysOf(apiGateway).filter(({ enabled }) => enabled);
  }
  return {
    functions: new Map(functions.map(({ name, key }) => [name, key])),
    concurrency,
    gateway,
    isPrivate: (facts) => asking.has(routeName(facts)),
  };
}

/** Makes provisioned instances whenever the pool starts: at first, and after all were ended for new code. */
async function provision(
  { serverless, internals }: Supervision,
  functions: readonly KeyedFunction[],
): Promise<void> {
  const life = lifeOf(serverless);
  let pool: Pool | undefined;

  function add(key: string, count: number): void {
    if (life.isEnding) return;
    for (let made = 0; made < count; made += 1) {
      const place = pool?.get(key, serverless.service.getFunction(key));
      place?.setEvent(PROVISION);
      void place?.runHandler();
    }
  }

  await internals.watchPool((started) => {
    pool = started;
    beginProvisioning();
    for (const { key, provisionedConcurrency } of functions) {
      add(key, countOf(provisionedConcurrency) ?? 0);
    }
  }, endProvisioned);
  instanceEvents.on('ended', (instance) => {
    if (isProvisioned(instance) && isProvisioning()) add(instance.function, 1);
  });
  life.whenReady(whenProvisioned);
}

/** Makes the two servers answer as the two of AWS' do. */
function answerAsAws({ serverless, internals }: Supervision, isLimited: boolean): void {
  const servers = new WeakMap<Server, EmulatedServer>();
  internals.beforeListening((server) => {
    if (isLambdaEndpoint(server)) {
      servers.set(server.listener, 'lambda');
      answerAsLambda(server);
    } else if (server === apiServer(offlinePlugin(serverless))) {
      servers.set(server.listener, 'gateway');
      watchAnswers(server);
      if (isLimited) keepGatewayLimits(server, apiAt(serverless.service));
    }
  });
  rememberResponses((server) => servers.get(server));
}

/** A number of `serverless.yml`; none where it is left to CloudFormation. */
function countOf(value: unknown): number | undefined {
  const isGiven = typeof value === 'number' || (typeof value === 'string' && value !== '');
  return isGiven && Number.isInteger(Number(value)) ? Number(value) : undefined;
}
