/** Finds things in a template, and evaluates its expressions. */
import type { PackageContents, TemplateResource } from './packages.ts';

/** A statement of a policy. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** All resources of a type, by logical id. */
export function ofType({ resources }: PackageContents, type: string): [string, TemplateResource][] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}

/** What roles allow, with whose role it is. */
export function allowances(service: PackageContents): [string, Statement][] {
  return ofType(service, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
    Properties['Policies'].flatMap(
      ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
        PolicyDocument.Statement.map((statement) => [id, statement]),
    ),
  );
}

/**
 * What CloudFormation makes of a value, by the values of what it refers to.
 *
 * @param refs by logical id, or `<id>.<attribute>`
 */
export function evaluate(value: unknown, refs: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, refs));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([name, member]): [string, unknown] => [name, evaluate(member, refs)])
    .filter(([, member]) => member !== undefined);
  const [[name = '', given] = []] = members;
  if (name === 'Ref') return referred(String(given), refs);
  if (!name.startsWith('Fn::')) return Object.fromEntries(members);
  const [first, second] = given as [string, string & string[]];
  if (name === 'Fn::Join') return second.join(first);
  if (name === 'Fn::Split') return second.split(first);
  if (name === 'Fn::Select') return second[Number(first)];
  if (name === 'Fn::GetAtt') return referred(`${first}.${second}`, refs);
  throw new Error(`No such function here: ${name}`);
}

/** Nothing for what is to be left out. */
function referred(name: string, refs: Readonly<Record<string, string>>): string | undefined {
  if (name === 'AWS::NoValue') return undefined;
  return refs[name] ?? fail(`the template refers to ${name}`);
}

function fail(message: string): never {
  throw new Error(message);
}
