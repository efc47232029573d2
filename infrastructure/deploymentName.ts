/** The logical id of the API's deployment: new when the API is, not at each packaging. */
import { createHash } from 'node:crypto';

/** A CloudFormation template. */
export interface CompiledTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

/** What osls begins the deployment's id with, here and when it compares two templates. */
const PREFIX = 'ApiGatewayDeployment';

/**
 * API Gateway shows a deployment's copy of the API, so a changed API needs a new one, by a new id. osls
 * takes the time for it; as other resources refer to it, no two packages were ever the same to osls.
 *
 * @returns puts the new id in the place of the old one, wherever it is
 */
export function nameDeploymentByContent(
  template: CompiledTemplate,
): <T extends object>(value: T) => T {
  const resources = Object.entries(template.Resources);
  const [id] = resources.find(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment') ?? [];
  if (!id) return (value) => value;
  const rename = <T extends object>(value: T, name: string): T =>
    JSON.parse(JSON.stringify(value).replaceAll(id, name));

  const api = resources.filter(([, { Type }]) => Type.startsWith('AWS::ApiGateway::'));
  const content = JSON.stringify(rename(api, PREFIX));
  const name = PREFIX + createHash('sha256').update(content).digest('hex').slice(0, 16);
  return (value) => rename(value, name);
}
