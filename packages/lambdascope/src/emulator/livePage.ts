/** Serves the live page: its built files, and `/service`, which tells it what to show. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import type { Thresholds } from '../dashboards/thresholds.ts';
import type { MetricDefinition, MetricPanel } from '../metrics.ts';
import { type LiveLink, liveLinks, type Neighbour } from './liveLinks.ts';
import type { RequestHandler } from './metricsServer.ts';

/** A metric of the service that has a panel, as far as the page needs it. */
export interface ShownMetric
  extends Omit<MetricDefinition, 'known' | 'constants' | 'cloudWatch' | 'panel'> {
  readonly panel: MetricPanel;
}

/** What `GET /service` answers. */
export interface LiveService {
  /** What else a browser can open now. */
  readonly links: readonly LiveLink[];
  /** A command to try while nothing was asked. */
  readonly example?: string;
  readonly metrics: readonly ShownMetric[];
  /** What the service's own metrics have as drift, and over what. */
  readonly drift: Thresholds['drift'];
  /** What instances that start at once compete for. */
  readonly cores: number;
  /** Init of an instance that starts alone, by function, where `lambdascope coldstart` has measured it. */
  readonly uncontendedInitSeconds: Readonly<Record<string, number>>;
}

/** What the page is made of and what it tells of the service. */
export interface LivePageOptions {
  /** Where the built page is; ends in a slash. */
  readonly directory: URL;
  /** The API, and what may run beside it. */
  readonly neighbours: readonly Neighbour[];
  /** A command to try while nothing was asked. @default none */
  readonly example?: string;
  /** The metrics of the service's own, asked at each request. */
  readonly metrics: () => readonly MetricDefinition[];
  readonly drift: LiveService['drift'];
  /** Init of instances that start alone, asked at each request. @default none is known */
  readonly uncontendedInitSeconds?: () => Promise<LiveService['uncontendedInitSeconds']>;
}

/** Everything there is to serve, so that no path of a request ever reaches the file system. */
const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/main.js': { file: 'main.js', type: 'text/javascript; charset=utf-8' },
  '/main.js.map': { file: 'main.js.map', type: 'application/json' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
};

/** Scripts, styles and data from this origin alone, nothing inline, no markup made from strings. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Those that have a panel, as far as the page needs them. */
export function shownMetrics(metrics: readonly MetricDefinition[]): ShownMetric[] {
  return metrics.flatMap(({ known, constants, cloudWatch, panel, ...metric }) =>
    panel ? [{ ...metric, panel }] : [],
  );
}

/** Makes what answers a GET or HEAD request for the page; headers that are already set stay. */
export function createLivePage({ directory, ...service }: LivePageOptions): RequestHandler {
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const found = Object.hasOwn(files, path) ? files[path] : undefined;
    if (path === '/service') void answer(response, 'application/json', () => json(service));
    else if (found) {
      void answer(response, found.type, () => readFile(new URL(found.file, directory)));
    } else return false;
    return true;
  };
}

async function json({
  neighbours,
  example,
  metrics,
  drift,
  uncontendedInitSeconds,
}: Omit<LivePageOptions, 'directory'>): Promise<string> {
  const service: LiveService = {
    links: await liveLinks(neighbours),
    ...(example !== undefined && { example }),
    metrics: shownMetrics(metrics()),
    drift,
    cores: availableParallelism(),
    uncontendedInitSeconds: (await uncontendedInitSeconds?.()) ?? {},
  };
  return JSON.stringify(service);
}

async function answer(
  response: ServerResponse,
  type: string,
  content: () => Promise<string | Buffer>,
): Promise<void> {
  try {
    const body = await content();
    response
      .writeHead(200, { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY })
      .end(body);
  } catch {
    response
      .writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
      .end('The live page is not built. Run: npm run build\n');
  }
}
