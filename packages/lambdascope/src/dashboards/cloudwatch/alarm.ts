/** An alarm in CloudWatch: what it looks at, when it fires, and its resource. */
import { type Resource, ref } from '../../infrastructure/template.ts';
import type { Deployment, MetricQuery } from './metricMath.ts';

/** Logical id of the topic that alarms go to. */
export const TOPIC = 'AlarmTopic';

/** When an alarm fires. */
export interface Alarm {
  readonly description: string;
  readonly runbook: string;
  readonly inputs: readonly MetricQuery[];
  /** Math over the ids of `inputs`. */
  readonly expression: string;
  /** Fires above it, from it on, or below it, where no data counts as below. */
  readonly threshold:
    | { readonly above: number }
    | { readonly from: number }
    | { readonly below: number };
  /** What one value is computed over, in seconds; a multiple of 60. */
  readonly period: number;
  /** How long it must last, in seconds. */
  readonly forSeconds: number;
}

/** Of several series the largest at each time, whichever of them have a value. */
export function largest(expressions: readonly string[]): string {
  return `MAX([${expressions.join(', ')}])`;
}

/** The resource of an alarm. */
export function alarmResource(
  { service, stage }: Deployment,
  name: string,
  alarm: Alarm,
): Resource {
  const { threshold } = alarm;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${service}-${stage}-${name}`,
      AlarmDescription: `${alarm.description} What to do: ${alarm.runbook}`,
      Metrics: [
        ...alarm.inputs,
        { Id: 'worst', ReturnData: true, Expression: alarm.expression, Label: name },
      ],
      ...comparison(threshold),
      EvaluationPeriods: Math.max(1, Math.ceil(alarm.forSeconds / alarm.period)),
      // No requests, or none that failed: no trouble, but to an alarm on too few of them.
      TreatMissingData: 'below' in threshold ? 'breaching' : 'notBreaching',
      AlarmActions: [ref(TOPIC)],
      OKActions: [ref(TOPIC)],
    },
  };
}

function comparison(threshold: Alarm['threshold']): {
  ComparisonOperator: string;
  Threshold: number;
} {
  if ('above' in threshold) {
    return { ComparisonOperator: 'GreaterThanThreshold', Threshold: threshold.above };
  }
  if ('below' in threshold) {
    return { ComparisonOperator: 'LessThanThreshold', Threshold: threshold.below };
  }
  return { ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: threshold.from };
}
