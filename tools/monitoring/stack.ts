/** Starts the monitoring stack from the programs on this machine, and stops it again. */
import { join } from 'node:path';
import type { LocalAddresses } from '../../monitoring/localAddresses.ts';
import { type AlertLog, type Notification, startAlertLog } from '../alertLog.ts';
import { findProgram } from './findProgram.ts';
import { type ConfigEdits, type Program, type ProgramName, programs } from './programs.ts';
import { type Server, startServer } from './server.ts';

/** What is to be started, and where. */
export interface StackOptions {
  /** The port of each program that is to run. */
  readonly ports: Readonly<Partial<Record<ProgramName, number>>>;
  /** Port of the alert log; 0 takes a free one. */
  readonly alertLogPort: number;
  /** Absolute path of the folder for data, rendered configuration and logs. */
  readonly folder: string;
  /** Needed by Grafana alone. */
  readonly grafanaPassword?: string | undefined;
  /** @default the configuration as committed */
  readonly edits?: ConfigEdits;
  /** @default prints a line for each alert */
  readonly onNotification?: ((notification: Notification) => void) | undefined;
}

/** A stack that runs. */
export type Stack = Awaited<ReturnType<typeof startStack>>;

/**
 * Starts each program on its port with the configuration of this repository, its names replaced by
 * loopback addresses.
 *
 * @throws Error before anything starts.
 * @throws Error when a program does not come up; then none of them runs.
 */
export async function startStack(options: StackOptions) {
  const { ports, alertLogPort, folder, onNotification, grafanaPassword = '', edits = {} } = options;
  const chosen = chosenPrograms(ports);
  const started: { stop(): Promise<void> }[] = [];
  const servers: Partial<Record<ProgramName, Server>> = {};
  /** Stops everything, the last started first. */
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  };
  try {
    const alertLog = await startAlertLog({ port: alertLogPort, onNotification });
    started.push(alertLog);
    const addresses = addressesOf(chosen, alertLog);
    for (const { name, program, command, port } of chosen) {
      const server = await startServer({
        title: program.title,
        command,
        url: `http://127.0.0.1:${port}`,
        readyPath: program.readyPath,
        logFile: join(folder, `${name}.log`),
        ...program.prepare({ command, port, folder, addresses, grafanaPassword, edits }),
      });
      started.push(server);
      servers[name] = server;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, stop };
}

interface Chosen {
  readonly name: ProgramName;
  readonly program: Program;
  readonly command: string;
  readonly port: number;
}

/** The programs that have a port, in the order in which they start. */
function chosenPrograms(ports: StackOptions['ports']): readonly Chosen[] {
  const chosen: Chosen[] = [];
  const missing: string[] = [];
  for (const [name, program] of Object.entries(programs) as [ProgramName, Program][]) {
    const port = ports[name];
    if (port === undefined) continue;
    const command = findProgram(program.commands);
    if (command === undefined) missing.push(program.title);
    else chosen.push({ name, program, command, port });
  }
  if (missing.length > 0) {
    throw new Error(
      `Not on the PATH: ${missing.join(', ')}. Install them, for example with\n` +
        '  apt-get install prometheus prometheus-pushgateway prometheus-alertmanager   (Debian)\n' +
        '  brew install prometheus prometheus-pushgateway alertmanager                 (macOS)\n' +
        'or use Docker instead: docker compose up',
    );
  }
  return chosen;
}

function addressesOf(chosen: readonly Chosen[], alertLog: AlertLog): LocalAddresses {
  return {
    ...Object.fromEntries(
      chosen.map(({ program, port }) => [program.composeAddress, `127.0.0.1:${port}`]),
    ),
    'alert-log:9095': new URL(alertLog.url).host,
  };
}
