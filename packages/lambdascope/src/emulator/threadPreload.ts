/**
 * Loaded by Node into each thread that serverless-offline starts, before the function: tells the emulator
 * how long that took to load, whether its handler is observed or not.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel, threadId, workerData } from 'node:worker_threads';
import { ageSeconds } from '../function/instance.ts';
import { REPORTS, type ThreadReport } from '../function/localSink.ts';

/** What Node publishes on when it has loaded a CommonJS module, and an ES module; from Node 22 on. */
const LOADED = ['tracing:module.require:end', 'tracing:module.import:asyncEnd'] as const;

// The function is to find the variable that loaded this file as it was.
const { LAMBDASCOPE_NODE_OPTIONS: before } = process.env;
if (before) process.env['NODE_OPTIONS'] = before;
else delete process.env['NODE_OPTIONS'];
delete process.env['LAMBDASCOPE_NODE_OPTIONS'];

const module = modulePath(workerData);
if (module !== undefined) {
  for (const name of LOADED) subscribe(name, told);
}

/** Node has loaded a module. */
function told(message: unknown): void {
  const { id, url = id } = message as { readonly id?: unknown; readonly url?: unknown };
  const path = String(url).startsWith('file:') ? fileURLToPath(String(url)) : String(url);
  if (module === undefined || !path.startsWith(module)) return;
  for (const name of LOADED) unsubscribe(name, told);
  const channel = new BroadcastChannel(REPORTS);
  const report = { kind: 'loaded', initSeconds: ageSeconds() } as const;
  channel.postMessage({ threadId, report } satisfies ThreadReport);
  channel.close();
}

/** Where serverless-offline looks for the handler's module, up to its ending; none where it says nothing of it. */
function modulePath(data: unknown): string | undefined {
  const { codeDir, handler } = (data ?? {}) as {
    readonly codeDir?: unknown;
    readonly handler?: unknown;
  };
  if (typeof codeDir !== 'string' || typeof handler !== 'string') return undefined;
  const [name = ''] = basename(handler).split('.');
  return `${join(codeDir, dirname(handler), name)}.`;
}
