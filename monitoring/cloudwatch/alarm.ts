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
  /** Fires above it, or from it on. */
  readonly threshold: { readonly above: number } | { readonly from: number };
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
      ComparisonOperator:
        'above' in threshold ? 'GreaterThanThreshold' : 'GreaterThanOrEqualToThreshold',
      Threshold: 'above' in threshold ? threshold.above : threshold.from,
      EvaluationPeriods: Math.max(1, Math.ceil(alarm.forSeconds / alarm.period)),
      // No requests, or none that failed: no trouble.
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref(TOPIC)],
      OKActions: [ref(TOPIC)],
    },
  };
}
