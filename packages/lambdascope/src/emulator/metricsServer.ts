/** Serves `/metrics`, and the live page, to this machine only. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { acceptedFormat } from './acceptedFormat.ts';
import { isExpectedHost } from './localHost.ts';

/** On every answer; the page's own come on top. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/** The metrics in one format, ready to be sent. */
export interface MetricsSource {
  /** Media type of the text. */
  readonly contentType: string;
  /** The metrics as they are now. */
  text(): Promise<string>;
}

/** Answers a request; gives false for what it does not know. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Names by which it may be asked, beside those of loopback. @default none */
  readonly allowedHosts?: readonly string[];
  /** The metrics in every format, the usual one first. */
  readonly metrics: readonly [MetricsSource, ...MetricsSource[]];
  /** What answers GET and HEAD of anything else, the first that knows it. */
  readonly pages: readonly RequestHandler[];
  /** What answers POST. @default nothing */
  readonly actions?: readonly RequestHandler[];
}

/**
 * Starts the server; it listens when the promise resolves.
 *
 * @throws Error that names the port, and what moves it, when that is taken
 */
export async function startMetricsServer({
  host,
  port,
  allowedHosts,
  metrics,
  pages,
  actions = [],
}: MetricsServerOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error('The metrics server cannot answer:', error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'The metrics cannot be read; the terminal says why.');
    });
  });
  server.listen(port, host);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    const what = `Port ${port} (live page and metrics) is taken.`;
    throw new Error(`${what} Free it, or set METRICS_PORT to another port.`, { cause });
  });
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    // A foreign site whose name was rebound to this address sends its own name.
    if (!isExpectedHost(request.headers.host, allowedHosts)) {
      refuse(response, 403, 'Only localhost may ask.');
    } else if (!isOwnPage(request)) {
      refuse(response, 403, 'No page of another site may ask.');
    } else if (request.method === 'POST' && (await firstAnswers(actions, request, response))) {
      return;
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      refuse(response, 405, 'Only GET and HEAD.');
    } else if (pathOf(request) === '/metrics') {
      const format = acceptedFormat(request.headers.accept, metrics);
      const text = await format.text();
      response.setHeader('content-type', format.contentType);
      response.end(text);
    } else if (!(await firstAnswers(pages, request, response))) {
      refuse(response, 404, 'Nothing here. Try / or /metrics.');
    }
  }
}

/** Whether one of the handlers knows it. */
async function firstAnswers(
  handlers: readonly RequestHandler[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  for (const answers of handlers) if (await answers(request, response)) return true;
  return false;
}

/**
 * Whether a request is made by no page of another site. Browsers send `Origin` with all that can change anything,
 * and `Sec-Fetch-Site` with everything; a link to the page may be followed from anywhere.
 */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (origin !== undefined && hostOf(origin) !== host?.toLowerCase()) return false;
  return (
    site === undefined || ['same-origin', 'none'].includes(String(site)) || mode === 'navigate'
  );
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
