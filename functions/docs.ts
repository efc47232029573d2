/** `GET /openapi.json`, `GET /docs`: the OpenAPI document and Swagger UI, from files beside the bundle. */
import { readFileSync } from 'node:fs';
import { chain } from '../lib/chain.ts';
import { HttpProblem } from '../lib/problem.ts';

/** The files that are served, by the path that asks for them. */
const files = {
  '/openapi.json': { file: 'openapi.json', type: 'application/json' },
  '/docs': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/docs/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/docs/swagger-ui.css': { file: 'swagger-ui.css', type: 'text/css; charset=utf-8' },
  '/docs/swagger-ui-bundle.js': {
    file: 'swagger-ui-bundle.js',
    type: 'text/javascript; charset=utf-8',
  },
} as const;

/** Swagger UI sets inline styles and draws with data: images; scripts come from here alone. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

export const handler = chain('docs', ({ path }) => {
  const wanted = Object.hasOwn(files, path) ? files[path as keyof typeof files] : undefined;
  if (!wanted) throw new HttpProblem('not_found', 'There is no such document.');
  return {
    statusCode: 200,
    headers: {
      'content-type': wanted.type,
      'cache-control': 'public, max-age=300',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    },
    body: readFileSync(new URL(wanted.file, import.meta.url), 'utf8'),
  };
});
