// `npm start`: builds the kit if it has changed, then is `sls offline`, with the same arguments. Its modules come
// from Node's cache of compiled code; those of the functions, whose cold starts are measured, do not. Plain
// JavaScript, so that what strips types is loaded only where the cache has not got the result.
import { createRequire, enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));

try {
  const { buildKit } = await import('../packages/lambdascope/build.ts');
  await buildKit();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const require = createRequire(import.meta.url);
const osls = require.resolve('serverless/bin/serverless.js');
process.argv.splice(1, 1, osls, 'offline');
require(osls);
