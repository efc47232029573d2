/** What the environment says of ports and hosts, with the variable's name in every complaint. */

/** An environment variable holds something that cannot be used. */
export class LocalConfigError extends Error {
  override readonly name = 'LocalConfigError';
  readonly code = 'local_config';
}

/** The address that nobody but this machine reaches. */
export const LOOPBACK = '127.0.0.1';

/**
 * The port that a variable sets.
 *
 * @throws LocalConfigError when it is set to anything but a port number.
 */
export function portFrom(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const value = env[variable];
  if (value === undefined || value === '') return fallback;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new LocalConfigError(
    `${variable}=${value} is not a port. Set it to a number from 1 to 65535, or unset it for ${fallback}.`,
  );
}

/** The address that servers bind to: loopback, unless BIND_HOST says otherwise (inside a container). */
export function bindHost(env: NodeJS.ProcessEnv = process.env): string {
  return env['BIND_HOST'] || LOOPBACK;
}

/** A name or an address without a port; IPv6 in brackets. */
const HOST_NAME = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;

/**
 * Names in lower case by which servers may be asked, beside those of loopback.
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

/**
 * A server beside the emulator: base URL at which this process reaches it, by the variables `…_URL` and
 * `…_PORT`, and the port at which a browser on this machine does.
 */
export function neighbourOf(
  name: 'PUSHGATEWAY' | 'PROMETHEUS' | 'GRAFANA',
  fallback: number,
  url?: string,
  env: NodeJS.ProcessEnv = process.env,
): { readonly url: string; readonly port: number } {
  const port = portFrom(env, `${name}_PORT`, fallback);
  return { url: env[`${name}_URL`] || url || `http://${LOOPBACK}:${port}`, port };
}

/**
 * Where metrics are sent by OTLP over HTTP, as it is written; nowhere unless it is set. The variable without
 * `METRICS` sends none: it may be there for the traces of the functions, which inherit the environment.
 *
 * @throws LocalConfigError when OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set to anything but a URL of HTTP.
 */
export function otlpMetricsEndpoint(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const value = env['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'];
  if (value === undefined || value === '') return undefined;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new LocalConfigError(
    `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${value} is not a URL. Set it to one such as http://localhost:9090/api/v1/otlp/v1/metrics, or unset it.`,
  );
}

/**
 * Instances that the kit's runner makes at once, at most; none: as many as the memory is thought to hold.
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
