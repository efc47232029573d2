/** One role a function: it may write its own log, and what only this function does. */
import {
  attribute,
  idOf,
  type Resource,
  type Resources,
  type Value,
} from 'lambdascope/dashboards/cloudwatch/template';
import type { Configuration } from './configuration.ts';

/** A statement of an IAM policy that allows something. */
export interface Allow {
  readonly actions: readonly string[];
  readonly on: Value | readonly Value[];
}

/** X-Ray has no resources that these actions could be limited to. */
const TRACE: Allow = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  on: '*',
};

/** A role that a service of AWS takes on. */
export function role(service: string, allows: readonly Allow[]): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'least-privilege',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: allows.map(({ actions, on }) => ({
              Effect: 'Allow',
              Action: actions,
              Resource: on,
            })),
          },
        },
      ],
    },
  };
}

/**
 * The roles of the functions, `<Function>Role`.
 *
 * @param allows what a function may do besides writing its log
 */
export function functionRoles(
  { functions, xray }: Pick<Configuration, 'functions' | 'xray'>,
  allows: Readonly<Record<string, readonly Allow[]>>,
): Resources {
  return Object.fromEntries(
    functions.map((functionName) => {
      const name = idOf(functionName);
      const log: Allow = {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        // Ends in `:*`: the streams of this one group, which Lambda names.
        on: attribute(`${name}LogGroup`, 'Arn'),
      };
      return [
        `${name}Role`,
        role('lambda.amazonaws.com', [
          log,
          ...(xray ? [TRACE] : []),
          ...(allows[functionName] ?? []),
        ]),
      ];
    }),
  );
}
