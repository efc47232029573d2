/** `docs/deploy.md` says what is: commands, parameters, runbooks and figures that can be counted. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { alarmResources } from '../../monitoring/cloudwatch/alarms.ts';
import { root } from '../../tools/root.ts';

const text = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
const { params } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'error' });
const parameters: Readonly<Record<string, unknown>>[] = ['default', 'dev', 'prod'].map(
  (stage) => params[stage],
);

/** Commands of osls, with their options. */
const commands: Map<string, { options?: object }> = createRequire(import.meta.url)(
  join(root, 'node_modules/serverless/lib/cli/commands-schema/aws-service.js'),
);

const deployment = {
  service: 'lambdascope',
  stage: 'dev',
  region: 'eu-central-1',
  emfNamespace: 'lambdascope-dev',
  httpFunctions: ['health', 'predict', 'batchPredict', 'docs'],
  functions: ['health', 'predict', 'batchPredict', 'docs', 'bulkPredict'],
  alarmEmail: '',
} satisfies Partial<Configuration>;
const alarms = Object.values(alarmResources(deployment)).filter(
  ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
);

it('names commands and options that the Serverless Framework has', () => {
  const used = [...text.matchAll(/npx sls (\w+)([^\n`]*)/g)];
  expect(used.length).toBeGreaterThan(5);
  for (const [, name = '', rest = ''] of used) {
    const options = Object.keys(commands.get(name)?.options ?? {});
    for (const [, option] of rest.matchAll(/ --(\w+)/g)) expect(options, name).toContain(option);
  }
});

it('names parameters that there are, and all of them', () => {
  const known = new Set(parameters.flatMap((stage) => Object.keys(stage)));
  const given = [...text.matchAll(/--param "(\w+)=/g)].map(([, name]) => name);
  for (const name of given) expect(known).toContain(name);
  const [table = ''] = text.match(/\| parameter +\|[\s\S]*?\n\n/) ?? [];
  for (const name of known) {
    if (!name.endsWith('Concurrency') || name in params.default)
      expect(table).toContain(`\`${name}\``);
  }
});

it('counts what alarms cost', () => {
  const inputs = JSON.stringify(alarms).match(/"MetricStat"/g) ?? [];
  expect(text).toContain(`the ${inputs.length} inputs of the alarms`);
});

it('adds up', () => {
  const [, table = '', total] =
    text.match(/dollars a month \|\n([^*]*)\*\*in all\*\*[ |]*\*\*([\d,]+)/) ?? [];
  const dollars = [...table.matchAll(/ ([\d,]+) +\|$/gm)].map(([, number = '']) =>
    Number(number.replace(',', '')),
  );
  expect(dollars.length).toBeGreaterThan(5);
  expect(dollars.reduce((sum, number) => sum + number)).toBe(Number(total?.replace(',', '')));
});

describe('every alarm', () => {
  it.each(alarms.map(({ Properties }) => String(Properties?.['AlarmDescription'])))(
    'says where it is written what to do: %s',
    (description) => {
      const [, file = '', anchor] = description.match(/(docs\/\w+\.md)#(\w+)$/) ?? [];
      const headings = readFileSync(join(root, file), 'utf8').match(/^### \w+$/gm) ?? [];
      expect(headings.map((heading) => heading.slice(4).toLowerCase())).toContain(anchor);
    },
  );
});

it('links to what there is', () => {
  for (const [, target = ''] of text.matchAll(/\]\(([^)h#][^)#]*)/g)) {
    expect(() => readFileSync(join(root, 'docs', target)), target).not.toThrow();
  }
});
