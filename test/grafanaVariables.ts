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

/** One scrape of 5 s: what Grafana makes of `$__interval` at a short time range. */
const INTERVAL = '5s';
/** Four scrapes: what it makes of `$__rate_interval`. */
const RATE_INTERVAL = '20s';

/** The expression as Prometheus gets it. */
export function fillIn(
  expression: string,
  { function: functions = '.+', interval = '1m', range = '5m' }: VariableValues = {},
): string {
  return expression
    .replaceAll('$__rate_interval', RATE_INTERVAL)
    .replaceAll('$__interval', INTERVAL)
    .replaceAll('$__range', range)
    .replaceAll('$function', functions)
    .replaceAll('$interval', interval);
}
