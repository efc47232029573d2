/** `docs/deploy.md` says what is: commands, parameters, runbooks and figures that can be counted. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from 'lambdascope/dashboards/cloudwatch/template';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bulk } from '../../bulkPredict/stack.ts';
import { observingResources } from '../../infrastructure/resources.ts';
import { root } from '../../tools/root.ts';

const text = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
const { params, provider, functions } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
  logLevel: 'error',
});
/** What each stage's file says. */
const stages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Object.fromEntries(
  ['dev', 'prod'].map((stage) => [
    stage,
    parse(readFileSync(join(root, `infrastructure/stages/${stage}.yml`), 'utf8')),
  ]),
);
const parameters = [params.default, ...Object.values(stages)];

const osls = join(root, 'node_modules/serverless/bin/serverless.js');

/** Commands of osls, with their options. */
const commands: Map<string, { options?: object }> = createRequire(import.meta.url)(
  join(root, 'node_modules/serverless/lib/cli/commands-schema/aws-service.js'),
);

/** Commands in the order of the document, as they are pasted into a shell. */
const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(
  ([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

/**
 * Runs commands where nothing but stand-ins is found: they write down how they are called, and `aws`
 * says `ANSWER`. Serverless tells the region itself.
 */
function run(
  commands: readonly string[],
  env: Readonly<Record<string, string>>,
): { status: number | null; calls: string; errors: string } {
  const folder = mkdtempSync(join(tmpdir(), 'lambdascope-'));
  try {
    const log = join(folder, 'calls');
    writeFileSync(log, '');
    for (const [name, answer] of Object.entries({
      aws: 'echo "$ANSWER"',
      npx: `[ "$2" != print ] || "${process.execPath}" "${osls}" "\${@:2}"`,
      curl: '',
      git: '',
      date: 'echo 0',
    })) {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/bash\necho "${name} $*" >> "${log}"\n${answer}\n`);
      chmodSync(path, 0o755);
    }
    const { status, stderr } = spawnSync('/bin/bash', ['-c', commands.join('\n')], {
      cwd: root,
      env: { ...env, PATH: folder, HOME: folder },
      encoding: 'utf8',
    });
    return { status, calls: readFileSync(log, 'utf8'), errors: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const deployment = {
  service: 'lambdascope',
  stage: 'dev',
  region: 'eu-central-1',
  emfNamespace: 'lambdascope-dev',
  httpFunctions: ['health', 'predict', 'batchPredict', 'labels', 'docs'],
  functions: ['health', 'predict', 'batchPredict', 'labels', 'docs', 'bulkPredict'],
  alarmEmail: '',
  noTrafficMinutes: 0,
  bulkMap: false,
  bulkConcurrency: 2,
  bulkRetentionDays: 30,
};
const alarms = alarmsOf(deployment);

function alarmsOf(options: typeof deployment): Resource[] {
  return Object.values(observingResources(options, [bulk(options)])).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
  );
}

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

it('a stage has its parameters from its file, and from nowhere else', () => {
  const [dev = {}, prod = {}] = Object.values(stages);
  for (const [stage, file] of Object.entries(stages)) {
    expect(params[stage]).toBe(`\${file(infrastructure/stages/${stage}.yml)}`);
    expect(file).toMatchObject({ region: expect.any(String), alarmEmail: expect.any(String) });
  }
  // A misspelt one would change nothing, without a word.
  const required = new Set(Object.keys(dev).filter((name) => name in prod));
  for (const name of [dev, prod].flatMap(Object.keys)) {
    expect([...required, ...Object.keys(params.default)]).toContain(name);
  }
  expect(JSON.stringify([params, provider, functions])).not.toContain('{env:');
});

it('deploys, rotates and rolls back without a parameter that the next deployment could forget', () => {
  const deployments = [...text.matchAll(/^ *npx sls (?:deploy|rollback)[^\n]*/gm)];
  expect(deployments.length).toBeGreaterThan(3);
  for (const [command] of deployments) expect(command).not.toContain('--param');
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
  const all = alarmsOf({ ...deployment, noTrafficMinutes: 60, bulkMap: true });
  it.each(all.map(({ Properties }) => String(Properties?.['AlarmDescription'])))(
    'says where it is written what to do: %s',
    (description) => {
      const [, file = '', anchor] = description.match(/(docs\/\w+\.md)#(\w+)$/) ?? [];
      const headings = readFileSync(join(root, file), 'utf8').match(/^### \w+$/gm) ?? [];
      expect(headings.map((heading) => heading.slice(4).toLowerCase())).toContain(anchor);
    },
  );
});

describe('its commands', () => {
  it('start with the names of the stage and of its region', () => {
    expect(blocks[0]).toMatch(/^STAGE=dev\nREGION=/);
    expect(text).toContain(`**${stages['dev']?.['region']}**`);
  });

  it('fail in a shell that does not know the stage and its region, and ask AWS nothing', () => {
    for (const block of blocks.slice(1)) {
      const { status, calls } = run([block], { AWS_REGION: 'us-east-1' });
      // A role is of no region.
      expect(calls, block).not.toMatch(/^(aws (?!iam )|npx |curl )/m);
      if (/\b(aws (?!iam )|npx )/.test(block)) expect(status, block).not.toBe(0);
    }
  });

  it('ask in the region of the stage, whatever the shell has', () => {
    const { status, calls, errors } = run(['OLD=old-bucket', ...blocks], {
      AWS_REGION: 'us-east-1',
      ANSWER: 'answer',
    });
    expect(errors).toBe('');
    expect(status).toBe(0);
    const asked = calls.match(/^aws .*/gm) ?? [];
    expect(asked.length).toBeGreaterThan(15);
    for (const call of asked) {
      if (/^aws (iam|sts) /.test(call)) continue;
      expect(call).toContain(` --region ${stages['dev']?.['region']}`);
    }
    for (const call of calls.match(/^npx sls .*/gm) ?? []) expect(call).toContain(' --stage dev');
  });

  it('in the text name the region as well', () => {
    const inText = [...text.matchAll(/`(aws (?!sts |configure )[^`]* --[^`]*)`/g)];
    expect(inText.length).toBeGreaterThan(1);
    for (const [, command] of inText) expect(command).toMatch(/ --region "\$\{REGION:\?\}"/);
  });

  it('ask IAM whether the role for logs is there, which the account goes on to name without it', () => {
    const role = 'arn:aws:iam::111122223333:role/service-role/api-gateway-logs-Role';
    const { calls } = run([blocks[1] ?? ''], { REGION: 'eu-central-1', ANSWER: role });
    expect(calls).toMatch(/^aws apigateway get-account .*\naws iam get-role .*\n$/m);
    expect(calls).toContain('--role-name api-gateway-logs-Role ');
  });

  it('stop before they use a key, an address or a bucket that AWS did not name', () => {
    const users = blocks.filter((block) => /\$\{?(KEY|URL|BUCKET)\b/.test(block));
    expect(users.length).toBeGreaterThan(3);
    for (const block of users) {
      const { status, calls, errors } = run([block], {
        STAGE: 'dev',
        REGION: 'eu-central-1',
        ANSWER: '',
      });
      expect(status, block).not.toBe(0);
      expect(errors).toMatch(/(KEY|URL|BUCKET|OLD): /);
      expect(calls, block).not.toMatch(/^(curl|aws s3 |npx sls remove)/m);
    }
  });

  it('ask for the name of the bucket while its stack is there, and remove nothing without it', () => {
    const [before = '', after = ''] =
      text.split('## Taking it down')[1]?.split('npx sls remove') ?? [];
    expect(before).toContain('BUCKET=');
    // In the same command: a shell that is typed into goes on to the next line.
    expect(before).toMatch(/"\$\{BUCKET:\?\}" && $/);
    expect(after).toContain('aws s3 rb');
    expect(after).not.toContain('BUCKET=');
  });

  it('change something of an object that they copy onto itself, which S3 asks for', () => {
    const { calls } = run(blocks, { ANSWER: 'answer' });
    const ontoItself = [...calls.matchAll(/^aws s3 cp .*?(s3:\S+) \1(?: .*|)$/gm)];
    expect(ontoItself).toHaveLength(1);
    for (const [call] of ontoItself) expect(call).toContain('--metadata-directive REPLACE');
  });
});

describe('the recipe for CI', () => {
  const block = (language: string) =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
      ([, code = '']) => code,
    );
  const workflow = block('yaml')
    .map((code) => parse(code))
    .find(({ jobs }) => jobs);
  const trust = JSON.parse(block('json')[0] ?? '');
  const policy = JSON.parse(readFileSync(join(root, 'infrastructure/deployerPolicy.json'), 'utf8'));
  const { environment, steps } = workflow.jobs.deploy;
  const login = steps.find(({ uses = '' }: { uses?: string }) => uses.startsWith('aws-actions/'));

  it('asks for a token, and for nothing else that it could write with', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  it('is trusted by the role that it takes, in its environment alone', () => {
    const [{ Principal, Action, Condition }] = trust.Statement;
    expect(Action).toBe('sts:AssumeRoleWithWebIdentity');
    expect(Principal.Federated).toMatch(/:oidc-provider\/token\.actions\.githubusercontent\.com$/);
    expect(Condition.StringEquals).toEqual({
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': expect.stringMatching(
        new RegExp(`^repo:[^*]+:environment:${environment}$`),
      ),
    });
  });

  it('takes the role that was made, which cannot change itself', () => {
    const [, name = ''] = login.with['role-to-assume'].match(/:role\/(.*)$/) ?? [];
    expect(text).toContain(`aws iam create-role --role-name ${name} `);
    expect(text).toContain(`aws iam put-role-policy --role-name ${name} `);
    const roles = policy.Statement.flatMap(({ Resource }: { Resource: string | string[] }) =>
      [Resource].flat().filter((resource) => resource.includes(':role/')),
    );
    expect(roles.length).toBeGreaterThan(0);
    for (const role of roles) {
      const [, prefix] = role.match(/:role\/([^*]+)\*$/) ?? [];
      expect(name.startsWith(prefix)).toBe(false);
    }
  });

  it('deploys to the region of the stage', () => {
    const [, stage = ''] = steps.at(-1).run.match(/--stage (\w+)/) ?? [];
    expect(login.with['aws-region']).toBe(stages[stage]?.['region']);
  });
});
