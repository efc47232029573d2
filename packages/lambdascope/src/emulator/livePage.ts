/** Serves the live page: its built files, and `/links`. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { liveLinks } from './liveLinks.ts';

/** Where tools/buildPage.ts puts the page. */
const directory = new URL('../dist/page/', import.meta.url);

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

/**
 * Answers a GET or HEAD request for the page; headers that are already set stay.
 *
 * @returns false, with the response untouched, when the request is for something else.
 */
export function serveLivePage(request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const found = Object.hasOwn(files, path) ? files[path] : undefined;
  if (path === '/links') void answer(response, 'application/json', linksJson);
  else if (found) void answer(response, found.type, () => readFile(new URL(found.file, directory)));
  else return false;
  return true;
}

async function linksJson(): Promise<string> {
  return JSON.stringify(await liveLinks());
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
