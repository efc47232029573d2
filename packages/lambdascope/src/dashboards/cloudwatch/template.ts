/** The few words of CloudFormation that resources are written in. */

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

/** What Serverless makes of a function's name in logical ids: `one-two` is `OneDashtwo…`. */
export function idOf(functionName: string): string {
  const name = functionName.charAt(0).toUpperCase() + functionName.slice(1);
  return name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
}

/** The id of another resource, or a pseudo parameter. */
export function ref(logicalId: string): { Ref: string } {
  return { Ref: logicalId };
}

/** An attribute of another resource. */
export function attribute(logicalId: string, name: string): { 'Fn::GetAtt': string[] } {
  return { 'Fn::GetAtt': [logicalId, name] };
}

/** Pieces of text and expressions, one after the other; a text where none is an expression. */
export function join(...pieces: readonly Value[]): Value {
  return pieces.some((piece) => typeof piece === 'object')
    ? { 'Fn::Join': ['', pieces] }
    : pieces.join('');
}

/** Stands in a text where an expression will be; in a plane of Unicode that nobody writes in. */
const PLACE = '\u{E000}';

/** JSON as text, whose expressions are evaluated before it is read. */
export function jsonText(value: object): Value {
  const expressions: Value[] = [];
  const text = JSON.stringify(value, (_, part) =>
    isExpression(part) ? `${PLACE}${expressions.push(part) - 1}${PLACE}` : part,
  );
  // Every second piece is the number of an expression.
  const pieces = text.split(PLACE);
  return join(
    ...pieces.map((piece, index) => (index % 2 === 0 ? piece : (expressions[Number(piece)] ?? ''))),
  );
}

function isExpression(part: unknown): part is Value & object {
  if (typeof part !== 'object' || part === null) return false;
  const [key, ...others] = Object.keys(part);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}
