/** Serverless plugin that counts what the emulated functions do, and serves and pushes the counts. */
import type { Server } from 'node:http';
import { offlinePlugin, type Serverless } from '../tools/emulator/serverless.ts';
import {
  allowedHosts,
  bindHost,
  deleteGroupOnStop,
  localPort,
  pushgatewayUrl,
} from '../tools/localConfig.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';
import { serveLivePage } from './livePage.ts';
import { type MetricsSource, startMetricsServer } from './metricsServer.ts';
import { type PushLoop, startPushLoop } from './pushLoop.ts';
import { type Receiver, receive } from './receiver.ts';
import { routesOf, type Service } from './routes.ts';

/** Grouping key of everything that lambdascope pushes. */
const JOB = 'lambdascope';

/** What the emulator calls the local API key; it puts the id into every event. */
const LOCAL_CLIENT = 'local';

export default class MonitoringPlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
  readonly #serverless: Serverless & { readonly service: Service };
  #running:
    | { aggregator: Aggregator; receiver: Receiver; server: Server; pushLoop: PushLoop }
    | undefined;

  constructor(serverless: Serverless & { readonly service: Service }) {
    this.#serverless = serverless;
    this.hooks = {
      // `sls offline` and `sls offline start` run different hooks.
      'before:offline:start': () => this.start(),
      'before:offline:start:init': () => this.start(),
      'before:offline:start:end': () => this.stop(),
    };
  }

  /** Starts to count, serve and push; once. */
  async start(): Promise<void> {
    if (this.#running) return;
    process.env['SLS_API_KEY_ID'] ??= LOCAL_CLIENT;
    const aggregator = createAggregator({
      routes: routesOf(this.#serverless.service),
      clients: [process.env['SLS_API_KEY_ID']],
    });
    // Not at load: an artifact that is not sound ends in the one line of the build before.
    const { model } = await import('../lib/model.ts');
    aggregator.serve(model);
    const receiver = receive(aggregator);
    const metrics: MetricsSource = {
      contentType: aggregator.registry.contentType,
      text() {
        receiver.drain();
        return aggregator.registry.metrics();
      },
    };
    const { port } = localPort('metrics');
    const server = await startMetricsServer({
      host: bindHost(),
      port,
      allowedHosts: allowedHosts(),
      metrics,
      page: serveLivePage,
    });
    const pushLoop = startPushLoop({
      url: pushgatewayUrl(),
      job: JOB,
      // As Prometheus names a target; the same after a restart, so that no group is left behind.
      instance: `localhost:${localPort('api').port}`,
      metrics,
      changes: () => aggregator.changes + receiver.changes,
    });
    this.#running = { aggregator, receiver, server, pushLoop };
    this.#stopWithTheEmulator();
  }

  /** Pushes the last state and frees the port; after the emulator, so that nothing comes later. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    const { aggregator, receiver, server, pushLoop } = this.#running;
    this.#running = undefined;
    receiver.drain();
    aggregator.end();
    await pushLoop.stop({ deleteGroup: deleteGroupOnStop() });
    receiver.close();
    server.close();
    server.closeAllConnections();
  }

  /** `sls offline` starts, waits and exits inside one hook, so its own method is what can be extended. */
  #stopWithTheEmulator(): void {
    const offline = offlinePlugin(this.#serverless);
    const end = offline.end.bind(offline);
    offline.end = async (skipExit) => {
      await end(true);
      await this.stop();
      if (!skipExit) process.exit(0);
    };
  }
}
