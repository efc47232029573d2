/** What osls has no option for. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** `sls invoke local` looks for `.js` and `.cjs` alone, though it can load what Lambda loads: `.mjs`. */
export function resolveModuleBundles(): void {
  require.extensions['.mjs'] = require.extensions['.js'];
}
