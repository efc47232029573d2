/** CloudWatch's metrics, and how alarms ask for them. */
import type { MetricDefinition } from '../../metrics.ts';
import type { Value } from './template.ts';

/** What is deployed of a service, and where. */
export interface Deployment {
  /** Name of the stack: begins the names of alarms, and is the dashboard's. */
  readonly name: Value;
  readonly region: Value;
  /** Namespace of the metrics that the functions write. */
  readonly namespace: string;
  /** Every function's name in AWS, by its key in serverless.yml. */
  readonly functionNames: Readonly<Record<string, Value>>;
}

/** A metric as CloudWatch names it. */
export interface CloudWatchMetric {
  readonly namespace: string;
  readonly name: string;
  /** None: metrics that are written without one. */
  readonly unit?: string;
  readonly dimensions: Readonly<Record<string, Value>>;
}

/** One input of an alarm. */
export interface MetricQuery {
  readonly Id: string;
  readonly ReturnData: false;
  readonly MetricStat: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: Value }[];
    };
    readonly Stat: string;
    readonly Period: number;
    readonly Unit?: string;
  };
}

/** A metric as the functions write it: without a unit. */
export function written(
  { namespace }: Deployment,
  metric: MetricDefinition,
  dimensions: Readonly<Record<string, string>>,
): CloudWatchMetric {
  return { namespace, name: metric.name, dimensions };
}

/** A metric that Lambda itself reports of a function, by the function's name in AWS. */
export function ofLambda(
  name: 'Errors' | 'Throttles' | 'ConcurrentExecutions',
  functionName: Value,
): CloudWatchMetric {
  return {
    namespace: 'AWS/Lambda',
    name,
    unit: 'Count',
    dimensions: { FunctionName: functionName },
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
      ...(unit !== undefined && { Unit: unit }),
    },
  };
}
