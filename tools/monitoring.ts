/** `npm run monitoring`: the monitoring stack without Docker, from the programs on the PATH. */
import { resolve } from 'node:path';
import { withRemoteWrite } from '../monitoring/prometheus/remoteWrite.ts';
import { ensureEnv } from './dotenv.ts';
import { checkPorts } from './emulator/ports.ts';
import { endWithNpm } from './endWithNpm.ts';
import { localPort, monitoringFolder, remoteWrite } from './localConfig.ts';
import { findProgram } from './monitoring/findProgram.ts';
import { type ProgramName, programs } from './monitoring/programs.ts';
import { lastLines, type Server } from './monitoring/server.ts';
import { type Stack, startStack } from './monitoring/stack.ts';
import { root } from './root.ts';

try {
  await run();
} catch (error) {
  // Each of these errors says what to do; a stack would only hide it.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  endWithNpm();
  const withGrafana = findProgram(programs.grafana.commands) !== undefined;
  const names: ProgramName[] = ['pushgateway', 'alertmanager', 'prometheus'];
  if (withGrafana) names.push('grafana');
  const store = remoteWrite();
  const alertLog = localPort('alertLog');
  await checkPorts([...names.map((name) => localPort(name)), alertLog], '127.0.0.1');

  const stopAsked = signalled();
  const stack = await startStack({
    ports: Object.fromEntries(names.map((name) => [name, localPort(name).port])),
    alertLogPort: alertLog.port,
    folder: resolve(root, monitoringFolder()),
    grafanaPassword: withGrafana
      ? ensureEnv({ names: ['GRAFANA_ADMIN_PASSWORD'] }).GRAFANA_ADMIN_PASSWORD
      : undefined,
    edits: store ? { prometheus: (config) => withRemoteWrite(config, store) } : {},
  });
  console.log(banner(stack, withGrafana));

  const servers = Object.values(stack.servers);
  const first = await Promise.race([stopAsked, ...servers.map(endOf)]);
  await stack.stop();
  if (first === undefined) console.log('Stopped.');
  else throw first;
}

/**
 * Resolves at the first Ctrl-C or SIGTERM, or when its terminal is closed; a second one does not leave
 * servers behind. With `nohup`, which takes the terminal away, it outlives that.
 */
function signalled(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => resolve(undefined));
    }
    if (process.stdout.isTTY) process.on('SIGHUP', () => resolve(undefined));
  });
}

/** What to say when a server ends although nobody asked it to. */
async function endOf({ title, ended, logFile }: Server): Promise<Error> {
  return new Error(`${title} ${await ended}. ${lastLines(logFile)}`);
}

function banner({ servers }: Stack, withGrafana: boolean): string {
  const lines = Object.values(servers).map(({ title, url }) => `  ${title.padEnd(13)} ${url}`);
  return [
    'The monitoring stack is ready:',
    ...lines,
    ...(withGrafana
      ? ['Grafana: sign in as admin with GRAFANA_ADMIN_PASSWORD from .env.']
      : ['Grafana is not installed: the dashboards need it, or docker compose up.']),
    `Alerts are printed here. Data is kept in ${monitoringFolder()}/; delete it to start afresh.`,
    'Ctrl-C stops all.',
  ].join('\n');
}
