/** Serverless plugin that counts what the emulated functions do, and shows, serves and pushes the counts. */
import type { Server } from 'node:http';
import { measuredColdStarts, uncontendedInitSeconds } from '../coldStart/uncontended.ts';
import { PUSH_JOB } from '../dashboards/foreignMetrics.ts';
import { thresholdsWith } from '../dashboards/thresholds.ts';
import { definitionsOf } from '../definitionsOf.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';
import { startAnswerMemory } from './answerMemory.ts';
import {
  allowedHosts,
  bindHost,
  neighbourOf,
  otlpMetricsEndpoint,
  portFrom,
} from './environment.ts';
import { commandOf, type ExampleRequest, exampleRequest } from './exampleRequest.ts';
import { type Internals, internalsOf } from './internals.ts';
import { lifeOf } from './life.ts';
import { startLive } from './live/startLive.ts';
import type { Neighbour } from './liveLinks.ts';
import { createLivePage } from './livePage.ts';
import { familiesOf } from './metricFamilies.ts';
import { type MetricsSource, startMetricsServer } from './metricsServer.ts';
import { OPENMETRICS_TYPE, openMetricsText } from './openMetricsText.ts';
import { type Options, readOptions } from './options.ts';
import type { OtlpMetrics } from './otlp/otlpMetrics.ts';
import type { Sender } from './otlp/resources.ts';
import { pushgateway } from './pushgateway.ts';
import { startPushLoop } from './pushLoop.ts';
import { writeReportLines } from './reportLine.ts';
import { privateRoutes, routesOf } from './routes.ts';
import { memorySizes, type OfflineOptions, offlineOptions, type Serverless } from './serverless.ts';
import { withStartTimes } from './startTimes.ts';
import { supervise } from './supervise.ts';

/** What the emulator calls the local API key; it puts the id into every event. */
const LOCAL_CLIENT = 'local';

const PAGE = new URL('../page/', import.meta.url);

export default class LambdascopePlugin {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  readonly #serverless: Serverless;
  readonly #commandLine: OfflineOptions | undefined;
  #started = false;

  constructor(serverless: Serverless, commandLine?: OfflineOptions) {
    this.#serverless = serverless;
    this.#commandLine = commandLine;
    const life = () => lifeOf(serverless);
    this.hooks = {
      'before:package:initialize': () => this.#nameFunctions(),
      'before:invoke:local:invoke': () => this.#nameFunctions(),
      // `sls offline` and `sls offline start` run different hooks.
      'before:offline:start': () => this.#start(),
      'before:offline:start:init': () => this.#start(),
      'after:offline:start:init': () => life().ready(),
      'before:offline:start:end': () => life().end(),
    };
  }

  /** A function calls itself in its metrics as `serverless.yml` does. */
  #nameFunctions(): void {
    const { service } = this.#serverless;
    for (const key of service.getAllFunctions()) {
      const definition = service.getFunction(key);
      definition.environment = { LAMBDASCOPE_FUNCTION: key, ...definition.environment };
    }
  }

  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { service, config } = this.#serverless;
    try {
      const options = readOptions(service.custom?.lambdascope);
      this.#nameFunctions();
      const internals = internalsOf(config.servicePath);
      if (options.quiet) await internals.quietLogs();
      await this.#observe(options, internals);
    } catch (error) {
      // A stack would only hide what is to be done.
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    }
  }

  async #observe(options: Options, internals: Internals): Promise<void> {
    const { service, config } = this.#serverless;
    const routes = routesOf(service);
    process.env['SLS_API_KEY_ID'] ??= LOCAL_CLIENT;
    const clients = privateRoutes(service).size > 0 ? [process.env['SLS_API_KEY_ID']] : [];
    const offline = offlineOptions(this.#serverless, this.#commandLine);
    // As Prometheus names a target; the same after a restart, so that no group is left behind.
    const sender = { job: PUSH_JOB, instance: `localhost:${apiPortOf(offline)}` };
    const otlp = await otlpMetrics(options, service, sender);
    const aggregator = createAggregator({
      routes,
      clients,
      memorySizes: memorySizes(service),
      onCounted: otlp?.onCounted,
    });
    if (options.metrics)
      aggregator.define(await definitionsOf(config.servicePath, options.metrics));
    const metricsPort = portFrom(process.env, 'METRICS_PORT', options.metricsPort ?? 9464);
    const stop = await serve(aggregator, {
      options,
      serverless: this.#serverless,
      metricsPort,
      offline,
      sender,
      otlp,
      example: exampleRequest(service, offline),
    });
    if (options.report ?? !options.quiet) writeReportLines(console.log);
    const forgetAnswers = startAnswerMemory();
    await supervise({ serverless: this.#serverless, options, internals, offline });

    const life = lifeOf(this.#serverless);
    life.whenReady(() => {
      if (!options.quiet) console.log(`Live page  http://localhost:${metricsPort}`);
    });
    life.whenEnded(stop);
    life.whenEnded(forgetAnswers);
  }
}

interface ServeOptions {
  readonly options: Options;
  readonly serverless: Serverless;
  readonly metricsPort: number;
  readonly offline: OfflineOptions;
  readonly sender: Sender;
  readonly otlp: OtlpMetrics | undefined;
  readonly example: ExampleRequest | undefined;
}

/** Starts to count, serve and push; gives what ends it. */
async function serve(
  aggregator: Aggregator,
  { options, serverless, metricsPort, offline, sender, otlp, example }: ServeOptions,
): Promise<() => Promise<void>> {
  const { service, config } = serverless;
  const { servicePath } = config;
  const apiPort = apiPortOf(offline);
  const { drift, pipeline } = thresholdsWith(options.thresholds ?? {});
  const live = await startLive({
    aggregator,
    service,
    offline,
    bodies: options.bodies ?? true,
    drift,
    measured: () => measuredColdStarts(servicePath),
  });
  const { receiver } = live;
  const { registry } = aggregator;
  const families = withStartTimes(
    () => {
      receiver.drain();
      return familiesOf(registry);
    },
    (name) => aggregator.defined.some((one) => one.name === name && one.constants !== undefined),
  );
  const metrics: MetricsSource = {
    contentType: registry.contentType,
    text() {
      receiver.drain();
      return registry.metrics();
    },
  };
  const openMetrics: MetricsSource = {
    contentType: OPENMETRICS_TYPE,
    text: async () => openMetricsText(await families()),
  };
  const command = options.example ?? (example && commandOf(example, apiPort));
  const page = createLivePage({
    directory: PAGE,
    neighbours: neighbours(apiPort, options.docs ?? example?.path),
    ...(command !== undefined && { example: command }),
    metrics: () => aggregator.defined,
    drift,
    uncontendedInitSeconds: () => uncontendedInitSeconds(servicePath),
  });
  const server: Server = await startMetricsServer({
    host: bindHost(),
    port: metricsPort,
    allowedHosts: allowedHosts(),
    metrics: [metrics, openMetrics],
    pages: [...live.pages, page],
    actions: live.actions,
  });
  const { url } = neighbourOf('PUSHGATEWAY', 9091, options.pushgateway);
  const backends = [pushgateway({ url, ...sender, metrics })];
  if (otlp !== undefined) backends.push(otlp.backend(families));
  const pushLoops = backends.map((backend) =>
    startPushLoop({
      backend,
      changes: () => aggregator.changes + receiver.changes,
      ...pipeline,
    }),
  );
  return async () => {
    receiver.drain();
    aggregator.end();
    const remove = process.env['PUSHGATEWAY_DELETE_ON_STOP'] === 'true';
    await Promise.all(pushLoops.map((pushLoop) => pushLoop.stop({ remove })));
    live.close();
    server.close();
    server.closeAllConnections();
  };
}

/** What is sent by OTLP, if anything is; its packages are loaded for that alone. */
async function otlpMetrics(
  options: Options,
  service: Serverless['service'],
  sender: Sender,
): Promise<OtlpMetrics | undefined> {
  const url = otlpMetricsEndpoint();
  if (url === undefined) return undefined;
  const { createOtlpMetrics } = await import('./otlp/otlpMetrics.ts');
  return createOtlpMetrics({ url, names: options.otel?.names, service, sender });
}

function apiPortOf({ httpPort = 3000 }: OfflineOptions): number {
  return Number(httpPort);
}

/** What the live page links to. */
function neighbours(apiPort: number, docs = '/'): readonly Neighbour[] {
  const ofGrafana = neighbourOf('GRAFANA', 3001);
  const ofPrometheus = neighbourOf('PROMETHEUS', 9090);
  return [
    { title: 'Grafana', port: ofGrafana.port, health: `${ofGrafana.url}/api/health` },
    { title: 'Prometheus', port: ofPrometheus.port, health: `${ofPrometheus.url}/-/ready` },
    { title: 'API', port: apiPort, path: docs },
  ];
}
