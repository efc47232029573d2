/** Where it says how to react to an alert. */

/**
 * Where the runbooks are: a path from the root of the repository, which holds in every clone. A fork
 * with a public address puts it in front, so that Alertmanager and Grafana show a link.
 */
const RUNBOOKS = 'docs/runbooks.md';

/** Where it says how to react to an alert: the heading of the alert's own name. */
export function runbookUrl(alert: string): string {
  return `${RUNBOOKS}#${alert.toLowerCase()}`;
}
