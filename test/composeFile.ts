/** docker-compose.yml and the Dockerfile, as tests read them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../tools/root.ts';

/** A service, as far as tests look at it, in the forms that our file uses. */
export interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly mem_limit?: string;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** The services by name. */
export type Services = Readonly<Record<string, Service>>;

/** The compose file, with its merges done. */
export async function readComposeFile(): Promise<{ readonly services: Services }> {
  return parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
}

/** Every image that the compose file pulls and the Dockerfile starts from. */
export async function composeImages(): Promise<string[]> {
  const { services } = await readComposeFile();
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  // Stages that start from an earlier stage name no version.
  const bases = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1]);
  const pulled = Object.values(services).map(({ image }) => image);
  return [...new Set([...bases, ...pulled])].filter((image) => image !== undefined);
}
