/** Puts together what the live page asks its server. */
import type { Thresholds } from '../../dashboards/thresholds.ts';
import type { Aggregator } from '../aggregator.ts';
import { LOOPBACK } from '../environment.ts';
import { keysOf } from '../limits/usagePlans.ts';
import { shownMetrics } from '../livePage.ts';
import type { RequestHandler } from '../metricsServer.ts';
import { type Receiver, receive } from '../receiver.ts';
import type { OfflineOptions, Serverless } from '../serverless.ts';
import { createFunctionViews } from './functionViews.ts';
import { startHistory } from './history.ts';
import { answerAgain, answerLive } from './liveRoutes.ts';
import type { LoadedModules } from './request.ts';
import { requestDetail } from './requestDetail.ts';
import { createRequestLog } from './requestLog.ts';
import { createSendAgain } from './sendAgain.ts';

export interface LiveOptions {
  readonly aggregator: Aggregator;
  readonly service: Serverless['service'];
  readonly offline: OfflineOptions;
  /** Whether bodies are kept. */
  readonly bodies: boolean;
  readonly drift: Thresholds['drift'];
  /** What `lambdascope coldstart` has found in functions; asked each time. */
  readonly measured: () => Promise<Readonly<Record<string, { readonly heaviest: LoadedModules }>>>;
}

export interface Live {
  readonly receiver: Receiver;
  readonly pages: readonly RequestHandler[];
  readonly actions: readonly RequestHandler[];
  close(): void;
}

/** Counts and keeps every invocation from now on. */
export async function startLive({
  aggregator,
  service,
  offline,
  bodies,
  drift,
  measured,
}: LiveOptions): Promise<Live> {
  const log = createRequestLog();
  const functions = createFunctionViews(service);
  const receiver = receive(aggregator, {
    bodies,
    add(request) {
      log.add(request);
      functions.add(request);
    },
  });
  const history = await startHistory({
    registry: aggregator.registry,
    drain: receiver.drain,
    shown: () => shownMetrics(aggregator.defined),
    log,
    drift,
  });
  const { httpPort = 3000, lambdaPort = 3002 } = offline;
  const parts = {
    history,
    log,
    functions,
    detail: async (request: Parameters<typeof requestDetail>[0]) =>
      requestDetail(request, {
        defined: aggregator.defined,
        origin: `http://localhost:${httpPort}`,
        modules: (await measured())[request.summary.function]?.heaviest,
      }),
    sendAgain: createSendAgain({
      log,
      gateway: `http://${hostOf(offline)}:${httpPort}`,
      endpoint: `http://${hostOf(offline)}:${lambdaPort}`,
      names: new Map(service.getAllFunctions().map((key) => [key, service.getFunction(key).name])),
      apiKey: () => keysOf(service.provider.apiGateway).find(({ enabled }) => enabled)?.value,
    }),
  };
  return {
    receiver,
    pages: [answerLive(parts)],
    actions: [answerAgain(parts)],
    close() {
      history.close();
      functions.close();
      receiver.close();
    },
  };
}

/** Where this process reaches the emulated servers. */
function hostOf({ host = 'localhost' }: OfflineOptions): string {
  return host === '0.0.0.0' ? LOOPBACK : host;
}
