/** One declaration of an alert, for Prometheus, Grafana and CloudWatch alike. */
import type { MetricDefinition } from '../metrics.ts';

/** How soon somebody must look: `critical` now, `warning` within the day. */
export type Severity = 'critical' | 'warning';

/** A value in PromQL, and from where on it is trouble. */
export interface Condition {
  readonly value: string;
  readonly threshold: Threshold;
  /** The least traffic at which the value means something. */
  readonly enough?: { readonly value: string; readonly minimum: number };
}

/** Fires above it, or from it on. */
export type Threshold = { readonly above: number } | { readonly from: number };

/** What somebody is told about; the runbook follows from the name. */
export interface Alert {
  readonly alert: string;
  readonly severity: Severity;
  /** When it fires: in PromQL, or as a condition, which CloudWatch can have too. */
  readonly when: string | Condition;
  /** How long it must last. */
  readonly forSeconds: number;
  /** Labels besides the severity and those of the expression. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What happens, in one line; may hold Prometheus' templates. */
  readonly summary: string;
  /** The figures, and what they mean for the user. */
  readonly description: string;
  /** What Grafana alerts on by itself too, beside the panel of a title on the latency dashboard. */
  readonly grafana?: { readonly uid: string; readonly title: string; readonly panel: string };
  /** The same in CloudWatch, or why it is not there. */
  readonly cloudWatch: CloudWatchForm | string;
}

/** Alerts on one part. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** An alert's value in CloudWatch; threshold, least traffic and duration are the condition's. */
export interface CloudWatchForm {
  /** What happens, without templates. */
  readonly description: string;
  /** What `value` is made of: by function, each under a name of one letter. */
  readonly values: Readonly<Record<string, FunctionValue>>;
  /** Math over the names in `values`; `n` is the traffic of which there must be enough. */
  readonly value: string;
  readonly windowSeconds: number;
}

/** A statistic of a function's metric. */
export interface FunctionValue {
  readonly metric: MetricDefinition;
  readonly stat: string;
  /** Besides the function. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** The alert in PromQL. */
export function expressionOf({ when }: Pick<Alert, 'when'>): string {
  if (typeof when === 'string') return when;
  const { value, threshold, enough } = when;
  const over = 'above' in threshold ? `> ${threshold.above}` : `>= ${threshold.from}`;
  const conditions = [`${value} ${over}`];
  if (enough) conditions.push(`${enough.value} >= ${enough.minimum}`);
  return conditions.join('\nand ');
}
