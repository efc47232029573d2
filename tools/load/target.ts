/** Where the load goes: allowed, there, and with which key. */
import { BlockList, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { service } from '../../lib/service.ts';
import { readEnvFile } from '../dotenv.ts';
import { localPort } from '../localConfig.ts';
import { root } from '../root.ts';

/** The load cannot be sent; the message is one line and says what to do. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** A server to load. */
export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path of the API there, without a slash at its end: empty, or a stage such as `/dev`. */
  readonly basePath: string;
  /** The server's `/metrics`; undefined when nobody said where a remote one is. */
  readonly metricsUrl: string | undefined;
}

/** What the command line says of the target. */
export interface TargetOptions {
  /** @default the local emulator */
  readonly url?: string | undefined;
  readonly metrics?: string | undefined;
  readonly allowRemote: boolean;
}

/** A server that is there at all answers within so many milliseconds, cold start included. */
const TIMEOUT = 10_000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * The target that the command line and the environment give.
 *
 * @throws TargetError when the address is none, or not this machine's own and that is not allowed.
 */
export function findTarget(
  { url, metrics, allowRemote }: TargetOptions,
  env: NodeJS.ProcessEnv = process.env,
): Target {
  const base = readUrl(url ?? `http://127.0.0.1:${localPort('api', env).port}`);
  const local = isLoopback(base);
  if (!local && !allowRemote) {
    throw new TargetError(
      `${base.host} is not this machine. To send load there, which may cost money and harm others, add --allow-remote.`,
    );
  }
  const localMetrics = `http://127.0.0.1:${localPort('metrics', env).port}/metrics`;
  return {
    origin: base.origin,
    basePath: base.pathname.replace(/\/+$/, ''),
    metricsUrl: metrics ?? (local ? localMetrics : undefined),
  };
}

/** Whether an address is this machine's own: a loopback number, or the name localhost. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost') return true;
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/**
 * Asks for the health page.
 *
 * @throws TargetError when there is no server, or another one.
 */
export async function checkServer({ origin, basePath }: Target): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`${origin}${basePath}/`, { signal: AbortSignal.timeout(TIMEOUT) });
  } catch (cause) {
    throw new TargetError(
      `No server answers at ${origin}. Start one in another terminal: npm start`,
      { cause },
    );
  }
  const health: unknown = await response.json().catch(() => undefined);
  const name = typeof health === 'object' && health && 'service' in health && health.service;
  if (name !== service.name) {
    throw new TargetError(
      `${origin}${basePath}/ answers with status ${response.status}, but it is not ${service.name}. Give its address with --url.`,
    );
  }
}

/**
 * The API key, from the environment or from the `.env` of the local emulator.
 *
 * @throws TargetError when there is none.
 * @throws EnvFileError when that `.env` cannot be read.
 */
export function findKey(
  env: NodeJS.ProcessEnv = process.env,
  path: string = join(root, '.env'),
): string {
  const key = env['API_KEY'] || parseEnv(readEnvFile(path))['API_KEY'];
  if (key) return key;
  throw new TargetError(
    'There is no API key. The first npm start writes one to .env; for another server set API_KEY.',
  );
}

function readUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new TargetError(`${url} is not an http address. Write it like http://127.0.0.1:3000`);
}
