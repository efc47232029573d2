/** CloudWatch's metric math: what the API reports, by function, in alarms. */
import { emfUnit } from '../../lib/emfMetrics.ts';
import { type MetricKey, metrics } from '../../lib/metrics.ts';

/** Where metrics are filed, and for which functions. */
export interface Deployment {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** Namespace of the metrics that the functions write. */
  readonly emfNamespace: string;
  /** Short names of the functions that serve requests. */
  readonly httpFunctions: readonly string[];
  /** Short names of those of them that predict. */
  readonly predictingFunctions: readonly string[];
  /** Short names of all functions. */
  readonly functions: readonly string[];
}

/** Dimensions of a metric, by name. */
export type Dimensions = Readonly<Record<string, string>>;

/** One input of an alarm: a metric, or an expression over those before it. */
export type MetricQuery =
  | {
      readonly Id: string;
      readonly ReturnData: false;
      readonly MetricStat: {
        readonly Metric: {
          readonly Namespace: string;
          readonly MetricName: string;
          readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
        };
        readonly Stat: string;
        readonly Period: number;
        readonly Unit: string;
      };
    }
  | {
      readonly Id: string;
      readonly ReturnData: true;
      readonly Expression: string;
      readonly Label: string;
    };

/** A metric as CloudWatch names it. */
export interface CloudWatchMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** A metric of the table, as the functions write it. */
export function ours(
  { emfNamespace }: Deployment,
  key: MetricKey,
  dimensions: Dimensions,
): CloudWatchMetric {
  return { namespace: emfNamespace, name: metrics[key].name, unit: emfUnit(key), dimensions };
}

/** A metric that Lambda itself reports of a function. */
export function ofLambda(
  { service, stage }: Deployment,
  name: 'Errors' | 'Throttles' | 'ConcurrentExecutions' | 'Duration',
  functionName: string,
): CloudWatchMetric {
  return {
    namespace: 'AWS/Lambda',
    name,
    unit: name === 'Duration' ? 'Milliseconds' : 'Count',
    dimensions: { FunctionName: `${service}-${stage}-${functionName}` },
  };
}

/** A metric as an input of an alarm. */
export function input(
  id: string,
  { namespace, name, unit, dimensions }: CloudWatchMetric,
  stat: string,
  period: number,
): MetricQuery {
  return {
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat: stat,
      Period: period,
      Unit: unit,
    },
  };
}
