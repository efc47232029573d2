/** Finds things in a template, and evaluates its expressions. */
import type { ServicePackage, TemplateResource } from './packages.ts';

/** A statement of a policy. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** All resources of a type, by logical id. */
export function ofType({ resources }: ServicePackage, type: string): [string, TemplateResource][] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}

/** What roles allow, with whose role it is. */
export function allowances(service: ServicePackage): [string, Statement][] {
  return ofType(service, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
    Properties['Policies'].flatMap(
      ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
        PolicyDocument.Statement.map((statement) => [id, statement]),
    ),
  );
}

/** What CloudFormation makes of an expression, by the values of what it refers to. */
export function evaluate(value: unknown, refs: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, refs));
  if (typeof value !== 'object' || value === null) return value;
  const [[name = '', argument] = []] = Object.entries(value);
  const given = evaluate(argument, refs);
  if (name === 'Ref') return refs[String(given)];
  const [first, second] = given as [string, string & string[]];
  if (name === 'Fn::Join') return second.join(first);
  if (name === 'Fn::Split') return second.split(first);
  if (name === 'Fn::Select') return second[Number(first)];
  throw new Error(`No such function here: ${name}`);
}
