/** Ports and addresses of the local processes, from the environment. */
import { LocalConfigError, portFrom } from 'lambdascope/emulator/environment';
import type { RemoteWrite } from '../monitoring/prometheus/remoteWrite.ts';

/** A port that can be moved: the variable that sets it, its default and what listens there. */
export interface LocalPort {
  readonly variable: string;
  readonly port: number;
  readonly what: string;
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
  return { variable, port: portFrom(env, variable, port), what };
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
