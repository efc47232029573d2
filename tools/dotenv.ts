/** Makes the secrets that local runs need: random values in `.env`, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The secrets, by the variable that holds them. */
export const secretNames = ['API_KEY', 'GRAFANA_ADMIN_PASSWORD'] as const;

/** A variable that holds a secret. */
export type SecretName = (typeof secretNames)[number];

/** What `ensureEnv` can be told. */
export interface EnsureEnvOptions<Name extends SecretName> {
  /** The secrets needed. @default all of them */
  readonly names?: readonly Name[];
  /** @default `.env` in the root of the repo */
  readonly path?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** `.env` cannot be read or written; the message names it, and the remedy. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

/** 160 bits; hexadecimal, so that no shell, YAML or dotenv reader sees anything special in it. */
const BYTES = 20;

/** Read and write for the owner only. */
const OWNER_ONLY = 0o600;

/** `.env` in the root of the repo. */
const ENV_FILE = fileURLToPath(new URL('../.env', import.meta.url));

/**
 * The text of `.env`; empty when there is none.
 *
 * @throws EnvFileError when it cannot be read.
 */
export function readEnvFile(path = ENV_FILE): string {
  return usable(path, () => (existsSync(path) ? readFileSync(path, 'utf8') : ''));
}

/**
 * The value of each secret: the environment's where it is set there (as `docker compose` does), else
 * the file's, else a new random one that is added to the file. Lines that are there stay as they are.
 *
 * @throws EnvFileError when the file cannot be read or written.
 */
export function ensureEnv<Name extends SecretName = SecretName>({
  names = secretNames as readonly SecretName[] as readonly Name[],
  path = ENV_FILE,
  env = process.env,
}: EnsureEnvOptions<Name> = {}): Record<Name, string> {
  const text = readEnvFile(path);
  const stored = parseEnv(text);
  const values = {} as Record<Name, string>;
  let added = '';
  for (const name of names) {
    let value = env[name] || stored[name];
    if (!value) {
      value = randomBytes(BYTES).toString('hex');
      added += `${name}=${value}\n`;
    }
    values[name] = value;
  }
  // Closed before anything is added, so that no new secret is ever in a file that others can read.
  usable(path, () => {
    if (existsSync(path)) chmodSync(path, OWNER_ONLY);
    if (added) {
      const separator = text === '' || text.endsWith('\n') ? '' : '\n';
      appendFileSync(path, separator + added, { mode: OWNER_ONLY });
    }
  });
  return values;
}

/** Whether the environment gives a secret, as `docker compose` does: then `ensureEnv` takes it from there. */
export function isGiven(name: SecretName, env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env[name]);
}

/** Docker, asked to mount a file that is not there, makes a folder of its name. */
function usable<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new EnvFileError(
      `${path} cannot be used (${cause.message}). Make it a file that you can read and write, or remove it: a new one is made.`,
      { cause },
    );
  }
}
