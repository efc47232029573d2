/** Ports and addresses of the local processes, from the environment. */
import type { RemoteWrite } from '../monitoring/prometheus/remoteWrite.ts';

/** A port that can be moved: the variable that sets it, its default and what listens there. */
export interface LocalPort {
  readonly variable: string;
  readonly port: number;
  readonly what: string;
}

/** An environment variable holds something that cannot be used. */
export class LocalConfigError extends Error {
  override readonly name = 'LocalConfigError';
}

const ports = {
  api: { variable: 'API_PORT', port: 3000, what: 'API' },
  lambda: { variable: 'LAMBDA_PORT', port: 3002, what: 'Lambda endpoint for SDKs' },
  metrics: { variable: 'METRICS_PORT', port: 9464, what: 'live page and metrics' },
  pushgateway: { variable: 'PUSHGATEWAY_PORT', port: 9091, what: 'Pushgateway' },
  prometheus: { variable: 'PROMETHEUS_PORT', port: 9090, what: 'Prometheus' },
  alertmanager: { variable: 'ALERTMANAGER_PORT', port: 9093, what: 'Alertmanager' },
  alertLog: { variable: 'ALERT_LOG_PORT', port: 9095, what: 'alert log' },
  grafana: { variable: 'GRAFANA_PORT', port: 3001, what: 'Grafana' },
  cadvisor: { variable: 'CADVISOR_PORT', port: 8080, what: 'cAdvisor' },
} as const satisfies Record<string, LocalPort>;

/** The local process that a port belongs to. */
export type LocalService = keyof typeof ports;

/**
 * Where a local process listens.
 *
 * @throws LocalConfigError when the variable is set to anything but a port number.
 */
export function localPort(service: LocalService, env: NodeJS.ProcessEnv = process.env): LocalPort {
  const { variable, port, what } = ports[service];
  const value = env[variable];
  if (value === undefined || value === '') return { variable, port, what };
  const chosen = Number(value);
  if (!Number.isInteger(chosen) || chosen < 1 || chosen > 65_535) {
    throw new LocalConfigError(
      `${variable}=${value} is not a port. Set it to a number from 1 to 65535, or unset it for ${port}.`,
    );
  }
  return { variable, port: chosen, what };
}

/** The address that nobody but this machine reaches. */
export const LOOPBACK = '127.0.0.1';

/** The address that servers bind to: loopback, unless BIND_HOST says otherwise (inside a container). */
export function bindHost(env: NodeJS.ProcessEnv = process.env): string {
  return env['BIND_HOST'] || LOOPBACK;
}

/** A name or an address without a port; IPv6 in brackets. */
const HOST_NAME = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;

/**
 * Names in lower case by which the API and the live page may be asked, beside those of loopback.
 *
 * @throws LocalConfigError when ALLOWED_HOSTS holds anything but names with commas between.
 */
export function allowedHosts(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const value = env['ALLOWED_HOSTS'] ?? '';
  const names = value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.every((name) => HOST_NAME.test(name))) return names;
  throw new LocalConfigError(
    `ALLOWED_HOSTS=${value} is not a list of hosts. Set it to names without ports, with commas between, or unset it.`,
  );
}

/** Base URL of the Pushgateway. */
export function pushgatewayUrl(env: NodeJS.ProcessEnv = process.env): string {
  return env['PUSHGATEWAY_URL'] || `http://127.0.0.1:${localPort('pushgateway', env).port}`;
}

/** Base URL at which this process reaches Prometheus. */
export function prometheusUrl(env: NodeJS.ProcessEnv = process.env): string {
  return env['PROMETHEUS_URL'] || `http://127.0.0.1:${localPort('prometheus', env).port}`;
}

/** Base URL at which this process reaches Grafana. */
export function grafanaUrl(env: NodeJS.ProcessEnv = process.env): string {
  return env['GRAFANA_URL'] || `http://127.0.0.1:${localPort('grafana', env).port}`;
}

/** Whether `dist/` is served as it is, neither built nor watched: inside a container, which has no build tools. */
export function prebuilt(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['PREBUILT'] === '1';
}

/** The emulator looks for idle instances by a timer of this many seconds; much more often is a busy loop. */
const LEAST_IDLE_SECONDS = 0.1;

/** The longest that a timer can take: of a longer one Node makes one of a millisecond. */
const MOST_IDLE_SECONDS = 2_147_483;

/**
 * Seconds after which the emulator ends an instance that nobody asks; it may take twice as long. Short
 * unless set, so that a cold start after an idle gap can be seen without a long wait.
 *
 * @throws LocalConfigError when IDLE_SECONDS is set to anything but a time that a timer can take.
 */
export function idleSeconds(env: NodeJS.ProcessEnv = process.env): number {
  const value = env['IDLE_SECONDS'];
  if (value === undefined || value === '') return 15;
  const seconds = Number(value);
  if (seconds >= LEAST_IDLE_SECONDS && seconds <= MOST_IDLE_SECONDS) return seconds;
  throw new LocalConfigError(
    `IDLE_SECONDS=${value} is not a time. Set it to a number of seconds from ${LEAST_IDLE_SECONDS} to ${MOST_IDLE_SECONDS}, or unset it for 15.`,
  );
}

/**
 * Instances that the emulator runs at once, at most; none: as many as the memory is thought to hold.
 *
 * @throws LocalConfigError when MAX_INSTANCES is set to anything but a whole number from 1.
 */
export function maxInstances(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const value = env['MAX_INSTANCES'];
  if (value === undefined || value === '') return undefined;
  const most = Number(value);
  if (Number.isSafeInteger(most) && most >= 1) return most;
  throw new LocalConfigError(
    `MAX_INSTANCES=${value} is not a number of instances. Set it to a whole number from 1, or unset it.`,
  );
}

/** Whether the metrics leave the Pushgateway when the emulator stops, rather than stay as they last were. */
export function deleteGroupOnStop(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['PUSHGATEWAY_DELETE_ON_STOP'] === 'true';
}

/** Folder for the data, configuration and logs of `npm run monitoring`, from the root of the repo. */
export function monitoringFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['MONITORING_FOLDER'] || '.monitoring';
}

/**
 * The store that Prometheus sends its samples on to, if any.
 *
 * @throws LocalConfigError when the variables do not go together.
 */
export function remoteWrite(env: NodeJS.ProcessEnv = process.env): RemoteWrite | undefined {
  const url = env['REMOTE_WRITE_URL'];
  const username = env['REMOTE_WRITE_USERNAME'];
  const passwordFile = env['REMOTE_WRITE_PASSWORD_FILE'];
  const awsRegion = env['REMOTE_WRITE_AWS_REGION'] || undefined;
  if (!url) return undefined;
  const { protocol, password } = URL.parse(url) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new LocalConfigError(`REMOTE_WRITE_URL=${url} is not an http or https address.`);
  }
  if (password) {
    throw new LocalConfigError(
      'REMOTE_WRITE_URL holds a password. Put it into a file and name that in REMOTE_WRITE_PASSWORD_FILE.',
    );
  }
  if (!username !== !passwordFile) {
    throw new LocalConfigError(
      'REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD_FILE go together: set both or neither.',
    );
  }
  const basicAuth = username && passwordFile ? { username, passwordFile } : undefined;
  return { url, basicAuth, awsRegion };
}
