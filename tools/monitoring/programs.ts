/** The programs of the monitoring stack: what they are called, and how each is started on loopback. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import {
  type LocalAddresses,
  localPrometheusConfig,
  withLocalAddresses,
} from '../../monitoring/localAddresses.ts';
import { root } from '../root.ts';
import type { ServerOptions } from './server.ts';

/** Changes to the committed configuration before it is used, from text to text. */
export interface ConfigEdits {
  readonly prometheus?: (config: string) => string;
  readonly alertmanager?: (config: string) => string;
}

/** What a program needs to know to be started. */
export interface Place {
  /** Path of the program. */
  readonly command: string;
  readonly port: number;
  /** Absolute path of the folder that keeps the data and rendered configuration of all programs. */
  readonly folder: string;
  /** Where the programs that run are. */
  readonly addresses: LocalAddresses;
  /** Password of Grafana's administrator. */
  readonly grafanaPassword: string;
  /** @default the configuration as committed */
  readonly edits?: ConfigEdits;
}

/** A program of the stack. */
export interface Program {
  readonly title: string;
  /** Commands that start it; packagers call them differently. */
  readonly commands: readonly string[];
  /** Its name in the network of docker-compose.yml. */
  readonly composeAddress: string;
  readonly readyPath: string;
  /** Writes what it needs below `place.folder`, and says how to start it. */
  prepare(place: Place): Pick<ServerOptions, 'args' | 'env'>;
}

/** Kept for this long; the same as in docker-compose.yml. */
const RETENTION = '15d';

/** In the order in which they start: each finds what it asks for already there. */
export const programs = {
  pushgateway: {
    title: 'Pushgateway',
    commands: ['pushgateway', 'prometheus-pushgateway'],
    composeAddress: 'pushgateway:9091',
    readyPath: '/-/ready',
    prepare: ({ port, folder }) => ({
      args: [
        `--web.listen-address=127.0.0.1:${port}`,
        `--persistence.file=${join(madeFolder(folder, 'pushgateway'), 'metrics')}`,
        '--persistence.interval=30s',
      ],
    }),
  },
  alertmanager: {
    title: 'Alertmanager',
    commands: ['alertmanager', 'prometheus-alertmanager'],
    composeAddress: 'alertmanager:9093',
    readyPath: '/-/ready',
    prepare: ({ port, folder, addresses, edits = {} }) => ({
      args: [
        `--config.file=${renderAlertmanager(folder, addresses, edits)}`,
        `--storage.path=${madeFolder(folder, 'alertmanager')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.external-url=http://127.0.0.1:${port}`,
        // One instance: no gossip port.
        '--cluster.listen-address=',
      ],
    }),
  },
  prometheus: {
    title: 'Prometheus',
    commands: ['prometheus'],
    composeAddress: 'prometheus:9090',
    readyPath: '/-/ready',
    prepare: ({ port, folder, addresses, edits = {} }) => ({
      args: [
        `--config.file=${renderPrometheus(folder, addresses, edits)}`,
        `--storage.tsdb.path=${madeFolder(folder, 'prometheus')}`,
        `--storage.tsdb.retention.time=${RETENTION}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.external-url=http://127.0.0.1:${port}`,
      ],
    }),
  },
  grafana: {
    title: 'Grafana',
    commands: ['grafana-server'],
    composeAddress: 'grafana:3000',
    readyPath: '/api/health',
    prepare: ({ command, port, folder, addresses, grafanaPassword }) => ({
      args: [`--homepath=${grafanaHome(command)}`],
      env: {
        ...composeSettings('grafana'),
        GF_SERVER_HTTP_ADDR: '127.0.0.1',
        GF_SERVER_HTTP_PORT: String(port),
        GF_PATHS_DATA: madeFolder(folder, 'grafana'),
        GF_PATHS_LOGS: madeFolder(folder, 'grafana'),
        GF_PATHS_PROVISIONING: renderGrafana(folder, addresses),
        GF_SECURITY_ADMIN_PASSWORD: grafanaPassword,
      },
    }),
  },
} as const satisfies Record<string, Program>;

/** A program of the stack, by its name there. */
export type ProgramName = keyof typeof programs;

const monitoring = join(root, 'monitoring');

function renderPrometheus(folder: string, addresses: LocalAddresses, edits: ConfigEdits): string {
  const source = join(monitoring, 'prometheus');
  const committed = readFileSync(join(source, 'prometheus.yml'), 'utf8');
  const config = edits.prometheus?.(committed) ?? committed;
  return write(folder, 'prometheus.yml', localPrometheusConfig(config, addresses, source));
}

function renderAlertmanager(folder: string, addresses: LocalAddresses, edits: ConfigEdits): string {
  const committed = readFileSync(join(monitoring, 'alertmanager/alertmanager.yml'), 'utf8');
  const config = edits.alertmanager?.(committed) ?? committed;
  return write(folder, 'alertmanager.yml', withLocalAddresses(config, addresses));
}

/** The variables that docker-compose.yml gives a service, but for those that it takes from outside. */
function composeSettings(service: string): Record<string, string> {
  const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  const all = Object.entries(compose.services[service].environment as Record<string, string>);
  return Object.fromEntries(all.filter(([, value]) => !value.includes('${')));
}

/** Where Grafana's files are: its archive, Homebrew and the Linux packages each have their place. */
function grafanaHome(command: string): string {
  const bin = dirname(realpathSync(command));
  const homes = [join(bin, '..'), join(bin, '../share/grafana'), '/usr/share/grafana'];
  return homes.find((home) => existsSync(join(home, 'conf/defaults.ini'))) ?? '/usr/share/grafana';
}

/** Path of a copy of the provisioning folder. */
function renderGrafana(folder: string, addresses: LocalAddresses): string {
  const source = join(monitoring, 'grafana/provisioning');
  for (const part of ['datasources', 'dashboards', 'alerting']) {
    for (const file of readdirSync(join(source, part))) {
      const text = readFileSync(join(source, part, file), 'utf8');
      const local = withLocalAddresses(text, addresses).replaceAll(
        '/etc/grafana/dashboards',
        join(monitoring, 'grafana/dashboards'),
      );
      write(join(folder, 'grafana-provisioning', part), file, local);
    }
  }
  return join(folder, 'grafana-provisioning');
}

function write(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, content);
  return path;
}

function madeFolder(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}
