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

/** 160 bits; hexadecimal, so that no shell, YAML or dotenv reader sees anything special in it. */
const BYTES = 20;

/** Read and write for the owner only. */
const OWNER_ONLY = 0o600;

/**
 * The value of each secret: the environment's where it is set there (as `docker compose` does), else
 * the file's, else a new random one that is added to the file. Lines that are there stay as they are.
 */
export function ensureEnv<Name extends SecretName = SecretName>({
  names = secretNames as readonly SecretName[] as readonly Name[],
  path = fileURLToPath(new URL('../.env', import.meta.url)),
  env = process.env,
}: EnsureEnvOptions<Name> = {}): Record<Name, string> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
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
  if (existsSync(path)) chmodSync(path, OWNER_ONLY);
  if (added) {
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    appendFileSync(path, separator + added, { mode: OWNER_ONLY });
  }
  return values;
}
