/** The emulator's life: told when it answers and when it ends, by the one place that extends its own two methods. */
import { offlinePlugin, type Serverless, type ServerlessOffline } from './serverless.ts';

/** Time that requests in flight get to end on shutdown, in milliseconds. */
const DRAIN = 2000;

type Work = () => void | Promise<void>;

/** What a plugin wants done. */
export interface Life {
  /** Once every server listens. */
  whenReady(work: Work): void;
  /** Once no request can come any more; awaited before the process ends. */
  whenEnded(work: Work): void;
  /** Whether it has begun to end. */
  readonly isEnding: boolean;
}

const lives = new WeakMap<ServerlessOffline, Life>();

/**
 * The life of the emulator of a service, the same for every plugin that asks.
 *
 * `sls offline` starts, waits and exits inside one hook, so serverless-offline's own two methods are what
 * can be extended; `sls offline start` has a hook for each, which the kit's plugin uses.
 */
export function lifeOf(
  serverless: Serverless,
): Life & { ready(): Promise<void>; end(): Promise<void> } {
  const offline = offlinePlugin(serverless);
  const known = lives.get(offline) as ReturnType<typeof lifeOf> | undefined;
  if (known !== undefined) return known;
  const start = offline.start.bind(offline);
  const end = offline.end.bind(offline);
  const ready = once();
  const ended = once();
  let isEnding = false;

  offline.start = async () => {
    await start();
    await ready.run();
  };
  offline.end = async (skipExit) => {
    isEnding = true;
    await drain(offline);
    await end(true);
    await ended.run();
    if (!skipExit) process.exit(0);
  };
  const life = {
    whenReady: ready.add,
    whenEnded: ended.add,
    ready: ready.run,
    get isEnding() {
      return isEnding;
    },
    async end() {
      isEnding = true;
      await drain(offline);
      await ended.run();
    },
  };
  lives.set(offline, life);
  return life;
}

/** First, because `end` ends the instances at once, and with them what they are answering. */
async function drain(offline: ServerlessOffline): Promise<void> {
  await apiServer(offline)?.stop({ timeout: DRAIN });
}

/** The emulated API Gateway's server; none where the service has no route. */
export function apiServer(offline: ServerlessOffline) {
  try {
    return offline.internals().getApiGatewayServer();
  } catch {
    return undefined;
  }
}

/** Works that are done once, in the order in which they were added. */
function once(): { add(work: Work): void; run(): Promise<void> } {
  let works: Work[] = [];
  return {
    add: (work) => void works.push(work),
    async run() {
      const due = works;
      works = [];
      for (const work of due) await work();
    },
  };
}
