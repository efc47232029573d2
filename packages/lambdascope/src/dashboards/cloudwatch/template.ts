/** The few words of CloudFormation that the resources are written in. */

/** A value, or an expression that CloudFormation evaluates. */
export type Value = string | number | boolean | { readonly [key: string]: unknown };

/** One resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: 'RetainExceptOnCreate';
  readonly UpdateReplacePolicy?: 'Retain';
}

/** Resources by logical id. */
export type Resources = Readonly<Record<string, Resource>>;

/** What Serverless makes of a function's name in logical ids: `predict` is `Predict…`. */
export function idOf(functionName: string): string {
  return functionName.charAt(0).toUpperCase() + functionName.slice(1);
}

/** The id of another resource, or a pseudo parameter. */
export function ref(logicalId: string): { Ref: string } {
  return { Ref: logicalId };
}

/** An attribute of another resource. */
export function attribute(logicalId: string, name: string): { 'Fn::GetAtt': string[] } {
  return { 'Fn::GetAtt': [logicalId, name] };
}

/** Pieces of text and expressions, one after the other. */
export function join(...pieces: readonly Value[]): { 'Fn::Join': unknown[] } {
  return { 'Fn::Join': ['', pieces] };
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
