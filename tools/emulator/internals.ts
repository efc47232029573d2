/** What hapi and osls have no option for. */
import { createRequire } from 'node:module';
import type { Server } from '@hapi/hapi';

const require = createRequire(import.meta.url);

/**
 * Calls `prepare` with each server of the emulator before it listens: later would be too late for
 * whatever guards it, and the server of the endpoint for SDKs is shown to nobody.
 */
export function beforeListening(prepare: (server: Server) => void): void {
  const requireAsEmulator = createRequire(require.resolve('serverless-offline'));
  const { Server: createServer } = requireAsEmulator('@hapi/hapi') as typeof import('@hapi/hapi');
  // hapi's class itself is not exported.
  const prototype: Server = Object.getPrototypeOf(new createServer());
  const { start } = prototype;
  prototype.start = async function prepareAndStart(this: Server) {
    prepare(this);
    await start.call(this);
  };
}

/** `sls invoke local` looks for `.js` and `.cjs` alone, though it can load what Lambda loads: `.mjs`. */
export function resolveModuleBundles(): void {
  require.extensions['.mjs'] = require.extensions['.js'];
}
