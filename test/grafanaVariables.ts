/** Fills in a dashboard's variables and Grafana's macros, as Grafana does before it asks Prometheus. */

/** Values of the dashboards' variables. */
export interface VariableValues {
  /** @default every function */
  readonly function?: string;
  /** @default '1m' */
  readonly interval?: string;
  /** The shown time range. @default '5m' */
  readonly range?: string;
}

/** Four scrapes of 5 s: what Grafana makes of `$__rate_interval` at a short time range. */
const RATE_INTERVAL = '20s';

/** The expression as Prometheus gets it. */
export function fillIn(
  expression: string,
  { function: functions = '.+', interval = '1m', range = '5m' }: VariableValues = {},
): string {
  return expression
    .replaceAll('$__rate_interval', RATE_INTERVAL)
    .replaceAll('$__range', range)
    .replaceAll('$function', functions)
    .replaceAll('$interval', interval);
}
