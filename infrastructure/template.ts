/** More words of CloudFormation, and of what Serverless makes of names. */
import { join, ref, type Value } from 'lambdascope/dashboards/cloudwatch/template';

/** What Serverless makes of a function's name in logical ids: `predict` is `Predict…`. */
export function idOf(functionName: string): string {
  return functionName.charAt(0).toUpperCase() + functionName.slice(1);
}

/** The piece at an index of a text that is cut at each separator. */
export function select(index: number, separator: string, text: Value): Value {
  return { 'Fn::Select': [index, { 'Fn::Split': [separator, text] }] };
}

/** The name of a resource of this account, in this region. */
export function arn(service: string, ...resource: readonly Value[]): Value {
  return join(
    'arn:',
    ref('AWS::Partition'),
    `:${service}:`,
    ref('AWS::Region'),
    ':',
    ref('AWS::AccountId'),
    ':',
    ...resource,
  );
}
