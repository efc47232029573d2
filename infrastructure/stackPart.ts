/** What a part of the service adds to the stack, so that it can be left out by one line. */
import type { Alarms } from 'lambdascope/dashboards/cloudwatch/alarm';
import type { Resources } from 'lambdascope/dashboards/cloudwatch/template';
import type { Allow } from './roles.ts';

export interface StackPart {
  /** What its functions may do besides writing their logs. */
  readonly allows: Readonly<Record<string, readonly Allow[]>>;
  readonly Resources: Resources;
  readonly alarms: Alarms;
  readonly Outputs: Readonly<Record<string, unknown>>;
}
