/** What the kit must know of a service to watch it. */
import type { MetricDefinition } from '../metrics.ts';
import type { AlertGroup } from './alert.ts';
import type { RecordingRule } from './recordingRule.ts';
import { type Thresholds, thresholds } from './thresholds.ts';

/** A service, as dashboards, rules and alarms are made for it. */
export interface ServiceDescription {
  /** Begins titles and addresses of dashboards. */
  readonly name: string;
  /** Functions that somebody calls, by their keys in serverless.yml and in its order, which their colours follow. */
  readonly functions: readonly string[];
  /** The metrics of its own. */
  readonly metrics: readonly MetricDefinition[];
  readonly thresholds: Thresholds;
  /** Rules of its own, beside the kit's. */
  readonly recordings?: readonly RecordingRule[];
  readonly alerts?: readonly AlertGroup[];
  /**
   * The pages that say, under each alert's name, what to do: of alerts that Prometheus has too, and of
   * those that only AWS can tell. Paths or addresses. @default alerts lead nowhere
   */
  readonly runbooks?: { readonly alerts: string; readonly aws: string };
}

/** A service of which no more is known than its name: with the kit's own metrics and thresholds. */
export function plainService(name: string): ServiceDescription {
  return { name, functions: [], metrics: [], thresholds };
}

/** Where a page says how to react to an alert: the heading of the alert's own name. */
export function runbookUrl(page: string, alert: string): string {
  return `${page}#${alert.toLowerCase()}`;
}
