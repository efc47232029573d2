/** An alarm in CloudWatch: what it looks at, when it fires, and its resource. */
import type { Threshold } from '../alert.ts';
import type { Deployment, MetricQuery } from './metricMath.ts';
import { join, type Resources, ref } from './template.ts';

/** Logical id of the topic that alarms go to. */
export const TOPIC = 'AlarmTopic';

/** When an alarm fires. */
export interface Alarm {
  readonly description: string;
  /** Where it says what to do. */
  readonly runbook?: string | undefined;
  readonly inputs: readonly MetricQuery[];
  /** Math over the ids of `inputs`. */
  readonly expression: string;
  /** Also below it, where no data counts as below. */
  readonly threshold: Threshold | { readonly below: number };
  /** What one value is computed over, in seconds; a multiple of 60. */
  readonly period: number;
  /** How long it must last, in seconds. */
  readonly forSeconds: number;
}

/** Alarms by name. */
export type Alarms = Readonly<Record<string, Alarm>>;

/** Of several series the largest at each time, whichever of them have a value. */
export function largest(expressions: readonly string[]): string {
  return `MAX([${expressions.join(', ')}])`;
}

/** The topic that alarms go to. */
export function alarmTopic(displayName: string): Resources {
  // Not encrypted by AWS's own key: alarms could not write to it then.
  return { [TOPIC]: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: displayName } } };
}

/** The resources of alarms, `<Name>Alarm`. */
export function alarmResources({ name: stack }: Deployment, alarms: Alarms): Resources {
  return Object.fromEntries(
    Object.entries(alarms).map(([name, alarm]) => [
      `${name}Alarm`,
      {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: join(stack, `-${name}`),
          AlarmDescription: [
            alarm.description,
            ...(alarm.runbook === undefined ? [] : [`What to do: ${alarm.runbook}`]),
          ].join(' '),
          Metrics: [
            ...alarm.inputs,
            { Id: 'worst', ReturnData: true, Expression: alarm.expression, Label: name },
          ],
          ...comparison(alarm.threshold),
          EvaluationPeriods: Math.max(1, Math.ceil(alarm.forSeconds / alarm.period)),
          // No requests, or none that failed: no trouble, but to an alarm on too few of them.
          TreatMissingData: 'below' in alarm.threshold ? 'breaching' : 'notBreaching',
          AlarmActions: [ref(TOPIC)],
          OKActions: [ref(TOPIC)],
        },
      },
    ]),
  );
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
