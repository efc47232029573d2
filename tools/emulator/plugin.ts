/** Serverless plugin that makes `sls offline` start from sources, tell what it serves and stop cleanly. */
import { allowedHosts, bindHost, LOOPBACK, maxInstances } from 'lambdascope/emulator/environment';
import { internalsOf } from 'lambdascope/emulator/internals';
import { lifeOf } from 'lambdascope/emulator/life';
import { type Serverless, setOfflineOption } from 'lambdascope/emulator/serverless';
import { ensureEnv, isGiven } from '../dotenv.ts';
import { endWithNpm } from '../endWithNpm.ts';
import { idleSeconds, localPort, prebuilt } from '../localConfig.ts';
import { banner, example } from './banner.ts';
import { refuseForeignHosts, refusePages, withoutCors } from './door.ts';
import { answerAsGateway, isGateway, keepConnections, passThrough } from './gateway.ts';
import { resolveModuleBundles } from './internals.ts';
import { checkPorts } from './ports.ts';
import { turnstile } from './turnstile.ts';
import { answerUnreadable, refuseUnreadableTargets } from './unreadable.ts';
import { type Validating, validateOnce } from './validatedConfig.ts';

export default class EmulatorPlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
  readonly #serverless: Serverless;

  constructor(serverless: Serverless & Validating) {
    this.#serverless = serverless;
    if (!prebuilt()) validateOnce(serverless);
    this.hooks = {
      // `sls offline` and `sls offline start` run different hooks.
      'before:offline:start': () => this.#prepare(),
      'before:offline:start:init': () => this.#prepare(),
      'before:package:createDeploymentArtifacts': () =>
        orExit(async () => (await builder()).build()),
      'before:invoke:local:invoke': async () => {
        await orExit(async () => (await builder()).buildChanged());
        resolveModuleBundles();
      },
    };
  }

  async #prepare(): Promise<void> {
    endWithNpm();
    const { key, hosts } = await orExit(async () => {
      const hosts = allowedHosts();
      setOfflineOption(this.#serverless, 'terminateIdleLambdaTime', idleSeconds());
      maxInstances();
      await checkPorts([localPort('api'), localPort('metrics')], bindHost());
      await checkPorts([localPort('lambda')], LOOPBACK);
      if (!prebuilt()) await (await builder()).buildChanged();
      return { key: ensureEnv({ names: ['API_KEY'] }).API_KEY, hosts };
    });
    const { service } = this.#serverless;
    service.provider.apiGateway ??= {};
    service.provider.apiGateway.apiKeys = [{ name: 'local', value: key }];
    await this.#prepareServers(hosts);
    // Not at load: an artifact that is not sound must end in the build's one line.
    const { model } = await import('../../lib/servedModel.ts');
    service.custom ??= {};
    service.custom.lambdascope = {
      ...(service.custom.lambdascope as object),
      example: example(model.features),
    };
    lifeOf(this.#serverless).whenReady(() => {
      console.log(banner(isGiven('API_KEY') ? undefined : key, model.features));
    });
  }

  async #prepareServers(hosts: readonly string[]): Promise<void> {
    const watch = prebuilt() ? undefined : await import('./watch.ts');
    internalsOf(this.#serverless.config.servicePath).beforeListening((server) => {
      if (isGateway(server)) {
        keepConnections(server);
        passThrough(server);
        // Before what refuses: it is told of every request's end.
        watch?.rebuildOnChange(turnstile(server), () =>
          this.#serverless.pluginManager.spawn('offline:functionsUpdated'),
        );
        refuseForeignHosts(server, hosts);
        refuseUnreadableTargets(server);
        answerAsGateway(server);
        answerUnreadable(server);
      } else {
        // Asks for no key: whoever reaches it runs functions as the developer.
        server.settings.address = LOOPBACK;
        refuseForeignHosts(server);
        refusePages(server);
      }
      withoutCors(server);
    });
  }
}

/** Imported on demand: the tools that build are not there where `dist/` is served as it is. */
const builder = () => import('../build.ts');

/** Ends the process with the error's one line: a stack would only hide it. */
async function orExit<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
