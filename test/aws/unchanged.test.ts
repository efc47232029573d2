/** A package of the same sources and parameters is the same to `sls deploy`, which then skips it. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { functionSources } from '../../tools/functionSources.ts';
import { root } from '../../tools/root.ts';
import { packageService, type ServicePackage } from './packages.ts';

/** What osls leaves out of a template and of a state before it compares their hashes. */
const osls: {
  normalizeCloudFormationTemplate(template: object): object;
  normalizeState(state: object): object;
} = createRequire(import.meta.url)(
  join(root, 'node_modules/serverless/lib/plugins/aws/lib/normalize-files.js'),
);
const FUNCTIONS = Object.keys(functionSources());

const services: ServicePackage[] = [];
beforeAll(async () => {
  for (const stage of ['dev', 'dev']) services.push(await packageService(stage));
});
afterAll(() => Promise.all(services.map((service) => service.remove())));

/** All that osls compares with what it deployed last. */
async function compared({ folder, text }: ServicePackage): Promise<Record<string, string>> {
  const file = await readFile(join(folder, 'serverless-state.json'), 'utf8');
  // Packages have folders of their own here, and the state holds the paths of the zips.
  const state = JSON.parse(file.replaceAll(dirname(folder), ''));
  const zips = FUNCTIONS.map(async (name) => [
    name,
    (await readFile(join(folder, `${name}.zip`))).toString('base64'),
  ]);
  return {
    template: JSON.stringify(osls.normalizeCloudFormationTemplate(JSON.parse(text)), null, 1),
    state: JSON.stringify(osls.normalizeState(state), null, 1),
    ...Object.fromEntries(await Promise.all(zips)),
  };
}

it('is the same twice', async () => {
  const [first, second] = await Promise.all(services.map(compared));
  expect(first?.['template']).toBe(second?.['template']);
  expect(first?.['state']).toBe(second?.['state']);
  expect(first).toEqual(second);
});
