/** Tells the live page where the API is, and which of its neighbours answer. */
import { grafanaUrl, localPort, prometheusUrl } from '../tools/localConfig.ts';

/** A server that a browser on this machine can open. */
export interface LiveLink {
  readonly title: string;
  readonly port: number;
}

/** What `GET /links` answers; a page adds the host that it was reached by. */
export interface LiveLinks {
  readonly api: LiveLink;
  /** Those that answered just now. */
  readonly neighbours: readonly LiveLink[];
}

/** How long a neighbour may take to say that it is well, in milliseconds. */
const PATIENCE = 1000;

/** The links of now; neighbours are asked from here because a page may not ask another origin. */
export async function liveLinks(env: NodeJS.ProcessEnv = process.env): Promise<LiveLinks> {
  const neighbours = [
    { title: 'Grafana', service: 'grafana', health: `${grafanaUrl(env)}/api/health` },
    { title: 'Prometheus', service: 'prometheus', health: `${prometheusUrl(env)}/-/ready` },
  ] as const;
  const answers = await Promise.all(neighbours.map(({ health }) => isWell(health)));
  return {
    api: { title: 'API', port: localPort('api', env).port },
    neighbours: neighbours
      .filter((_, index) => answers[index])
      .map(({ title, service }) => ({ title, port: localPort(service, env).port })),
  };
}

async function isWell(health: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(health, { signal: AbortSignal.timeout(PATIENCE) });
    await body?.cancel();
    return ok;
  } catch {
    return false;
  }
}
