/** What a service says in `resources` of its `serverless.yml`: CloudFormation, of any form. */

/** The part of a service that its own resources are in. */
export interface WithResources {
  readonly resources?: unknown;
}

/** The properties of every resource of a type, and of the one that Serverless makes, where they are changed. */
export function propertiesOfType(
  service: WithResources,
  type: string,
  ofServerless: string,
): Readonly<Record<string, unknown>>[] {
  const { Resources } = recordOf(service.resources);
  const own = Object.entries(recordOf(Resources)).filter(
    ([, resource]) => recordOf(resource)['Type'] === type,
  );
  return [...new Set([ofServerless, ...own.map(([id]) => id)])].map((id) =>
    propertiesOf(service, id),
  );
}

/** What a service says of a resource, by its logical id; extensions replace whole properties. */
export function propertiesOf(
  service: WithResources,
  id: string,
): Readonly<Record<string, unknown>> {
  const { Resources, extensions } = recordOf(service.resources);
  const [own, extended] = [Resources, extensions].map((part) =>
    recordOf(recordOf(recordOf(part)[id])['Properties']),
  );
  return { ...own, ...extended };
}

/** The fields of an object; of anything else none. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The items of a list; of anything else none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
