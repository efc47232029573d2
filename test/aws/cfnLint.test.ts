/** cfn-lint, with AWS's rules of CloudFormation, finds nothing in what is deployed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../tools/root.ts';
import { missingPython, pythonProgram } from '../programs/folder.ts';
import type { Parameters } from '../stageParameters.ts';
import { everything, packageService, readStage } from './packages.ts';

/** Rules that a template may break, and why. */
const ignored: Readonly<Record<string, string>> = {
  W3005:
    'Serverless names in DependsOn what a function or an alias refers to: twice, which does no harm',
};

/** What cfn-lint finds. */
interface Finding {
  readonly Location: { readonly Path: readonly (string | number)[] };
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** All errors and warnings in templates for a region. */
function findings(region: string, ...templates: readonly string[]): Finding[] {
  const { stdout } = spawnSync(
    pythonProgram('cfn-lint'),
    ['--format', 'json', '--regions', region, '--', ...templates],
    { encoding: 'utf8' },
  );
  return JSON.parse(stdout);
}

/** Those that no rule above allows, in words. */
function faults(found: readonly Finding[]): string[] {
  return found
    .filter(({ Rule }) => !ignored[Rule.Id])
    .map(({ Rule, Location, Message }) => `${Rule.Id} ${Location.Path.join('/')}: ${Message}`);
}

describe.skipIf(missingPython('cfn-lint'))('cfn-lint finds no fault', () => {
  it.each<[string, string, Parameters]>([
    ['dev', 'dev', {}],
    ['prod', 'prod', {}],
    ['prod with all that can be asked for', 'prod', everything],
    [
      'dev without all that can be left out, and with ready instances',
      'dev',
      { reserveConcurrency: false, bulkRetentionDays: 0, sink: 'none', provisionedConcurrency: 2 },
    ],
  ])('in the package of %s', async (_, stage, file) => {
    const service = await packageService(stage, { file });
    try {
      const { region } = await readStage(root, stage);
      const found = findings(
        String(region),
        ...['create', 'update'].map((step) =>
          join(service.folder, `cloudformation-template-${step}-stack.json`),
        ),
      );
      expect(faults(found)).toEqual([]);
      // What is ignored is still there to be ignored.
      expect([...new Set(found.map(({ Rule }) => Rule.Id))]).toEqual(Object.keys(ignored));
    } finally {
      await service.remove();
    }
  });

  it('in the stack that lets API Gateway write logs', async () => {
    const { region } = await readStage(root, 'dev');
    const found = findings(String(region), join(root, 'infrastructure/apiGatewayLogs.yml'));
    expect(faults(found)).toEqual([]);
  });

  it('but would, where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lambdascope-'));
    const template = join(folder, 'template.json');
    const resource = { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 'much' } };
    writeFileSync(template, JSON.stringify({ Resources: { Predict: resource } }));
    const found = faults(findings('eu-central-1', template));
    rmSync(folder, { recursive: true });
    expect(found).toContainEqual(
      expect.stringContaining('Resources/Predict/Properties/MemorySize'),
    );
    expect(found).toContainEqual(expect.stringContaining("'Role' is a required property"));
  });
});
