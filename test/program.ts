/** Starts one program of the monitoring stack for a test, with the repository's configuration for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalAddresses } from '../monitoring/localAddresses.ts';
import { freePort } from '../tools/freePort.ts';
import { findProgram } from '../tools/monitoring/findProgram.ts';
import { type ConfigEdits, type ProgramName, programs } from '../tools/monitoring/programs.ts';
import { startServer } from '../tools/monitoring/server.ts';

/** A program that runs. */
export type RunningProgram = Awaited<ReturnType<typeof startProgram>>;

/** How a program is started other than usual. */
export interface ProgramOptions {
  /** Where its folder is made. @default the machine's temporary folder */
  readonly parent?: string;
  /** @default the configuration as committed */
  readonly edits?: ConfigEdits;
  /** @default any that is free */
  readonly port?: number;
  /** More flags for it. @default none */
  readonly flags?: readonly string[];
}

/**
 * Starts it on a free port, in a folder of its own.
 *
 * @param addresses what else runs, by its name in docker-compose.yml
 */
export async function startProgram(
  name: ProgramName,
  addresses: LocalAddresses = {},
  { parent = tmpdir(), edits = {}, port, flags = [] }: ProgramOptions = {},
) {
  const { title, commands, composeAddress, readyPath, prepare } = programs[name];
  const command = findProgram(commands);
  if (command === undefined) throw new Error(`${title} is not installed`);
  const ownPort = port ?? (await freePort());
  const address = `127.0.0.1:${ownPort}`;
  const url = `http://${address}`;
  const folder = await mkdtemp(join(parent, `lambdascope-${name}-`));
  const { args, ...rest } = prepare({
    command,
    port: ownPort,
    folder,
    addresses: { ...addresses, [composeAddress]: address },
    grafanaPassword: '',
    edits,
  });
  const server = await startServer({
    title,
    command,
    url,
    readyPath,
    logFile: join(folder, 'log'),
    args: [...args, ...flags],
    ...rest,
  });
  return {
    /** Base URL, without a slash at its end. */
    url,
    /** Host and port. */
    address,
    /** Ends it and deletes its data. */
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
