/** More words of CloudFormation, beside the kit's. */
import { join, ref, type Value } from 'lambdascope/dashboards/cloudwatch/template';

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
