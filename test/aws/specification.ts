/** Checks a CloudFormation template against AWS's own specification of its resources. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types';
import type { TemplateResource } from './packages.ts';

const database = loadAwsServiceSpecSync();

/** Whether AWS has a metric of its own. */
export function awsHasMetric(namespace: string, name: string): boolean {
  return database
    .all('metric')
    .some((metric) => metric.namespace === namespace && metric.name === name);
}

type Template = Readonly<Record<string, TemplateResource>>;

/** Everything that the specification does not allow, references to what is not there, and circles. */
export function violations(resources: Template): string[] {
  const circle = findCircle(resources);
  const faults = Object.entries(resources).flatMap(
    ([id, { Type, Properties = {}, UpdatePolicy, DependsOn = [] }]) => {
      const [specified] = database.lookup('resource', 'cloudFormationType', 'equals', Type);
      if (!specified) return [`${id}: no type ${Type}`];
      return [
        ...checkProperties(id, Properties, specified.properties),
        ...[...references([Properties, UpdatePolicy]), ...[DependsOn].flat()]
          .filter((target) => !target.startsWith('AWS::') && !(target in resources))
          .map((target) => `${id}: refers to ${target}, which is not there`),
        ...attributes(Properties)
          .filter(([target, name]) => !hasAttribute(resources[target]?.Type, name))
          .map(([target, name]) => `${id}: ${target} has no attribute ${name}`),
      ];
    },
  );
  return circle ? [...faults, `each needs the next: ${circle.join(', ')}`] : faults;
}

/** Resources of which each needs the next one first, and the last the first again. */
function findCircle(resources: Template): string[] | undefined {
  const done = new Set<string>();
  function visit(id: string, path: readonly string[]): string[] | undefined {
    if (path.includes(id)) return path.slice(path.indexOf(id));
    if (done.has(id)) return undefined;
    const { Properties, UpdatePolicy, DependsOn = [] } = resources[id] ?? {};
    for (const target of [...references([Properties, UpdatePolicy]), ...[DependsOn].flat()]) {
      const circle = visit(target, [...path, id]);
      if (circle) return circle;
    }
    done.add(id);
    return undefined;
  }
  for (const id of Object.keys(resources)) {
    const circle = visit(id, []);
    if (circle) return circle;
  }
  return undefined;
}

function checkProperties(path: string, value: object, specified: ResourceProperties): string[] {
  const given = new Map(Object.entries(value));
  const unknown = [...given.keys()].filter((name) => !(name in specified));
  const missing = Object.entries(specified).filter(
    ([name, { required }]) => required && !given.has(name),
  );
  return [
    ...unknown.map((name) => `${path}: no property ${name}`),
    ...missing.map(([name]) => `${path}: lacks ${name}`),
    ...[...given].flatMap(([name, member]) => {
      const property: Property | undefined = specified[name];
      return property ? checkValue(`${path}.${name}`, member, property.type) : [];
    }),
  ];
}

function checkValue(path: string, value: unknown, type: PropertyType): string[] {
  if (isExpression(value)) return [];
  switch (type.type) {
    case 'string':
      return isScalar(value) ? [] : [`${path}: is no text`];
    case 'number':
    case 'integer':
      return Number.isFinite(Number(value)) ? [] : [`${path}: is no number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: is neither true nor false`];
    case 'array':
      if (!Array.isArray(value)) return [`${path}: is no list`];
      return value.flatMap((item, index) => checkValue(`${path}[${index}]`, item, type.element));
    case 'map':
      if (!isObject(value)) return [`${path}: is no map`];
      return Object.entries(value).flatMap(([key, item]) =>
        checkValue(`${path}.${key}`, item, type.element),
      );
    case 'ref': {
      if (!isObject(value)) return [`${path}: is no object`];
      return checkProperties(
        path,
        value,
        database.get('typeDefinition', type.reference.$ref).properties,
      );
    }
    case 'union': {
      const attempts = type.types.map((option) => checkValue(path, value, option));
      return attempts.find((faults) => faults.length === 0) ?? attempts[0] ?? [];
    }
    default:
      return [];
  }
}

/** Every logical id that a value refers to. */
function references(value: unknown): string[] {
  if (!isObject(value)) return Array.isArray(value) ? value.flatMap(references) : [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === 'Ref') return [String(member)];
    if (key === 'Fn::GetAtt') return [String([member].flat()[0])];
    return references(member);
  });
}

/** Every attribute that a value asks for: of which resource, and its name. */
function attributes(value: unknown): [string, string][] {
  if (!isObject(value)) return Array.isArray(value) ? value.flatMap(attributes) : [];
  return Object.entries(value).flatMap(([key, member]): [string, string][] => {
    if (key !== 'Fn::GetAtt') return attributes(member);
    const [target, ...name] = [member].flat().join('.').split('.');
    return [[target ?? '', name.join('.')]];
  });
}

function hasAttribute(type: string | undefined, name: string): boolean {
  const [resource] = database.lookup('resource', 'cloudFormationType', 'equals', type ?? '');
  return resource !== undefined && (name in resource.attributes || name in resource.properties);
}

function isExpression(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [key = ''] = Object.keys(value);
  return key === 'Ref' || key.startsWith('Fn::');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
