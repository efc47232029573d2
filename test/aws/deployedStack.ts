/** A stack that was deployed: what its template says of each resource, and what is there of it. */
import { GetRestApiCommand } from '@aws-sdk/client-api-gateway';
import {
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { AwsClients } from './awsClients.ts';
import type { PackageContents } from './packages.ts';
import { type Properties, resourceReaders } from './resourceReaders.ts';
import { evaluate } from './templateResources.ts';

/** A stack that was read. */
export type DeployedStack = Awaited<ReturnType<typeof readStack>>;

/** Reads it, by its name and the resources of its template. */
export async function readStack(
  clients: AwsClients,
  StackName: string,
  resources: PackageContents['resources'],
) {
  const { apiGateway, cloudFormation } = clients;
  const { Stacks: [stack] = [] } = await cloudFormation.send(
    new DescribeStacksCommand({ StackName }),
  );
  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName }),
  );
  const ids = Object.fromEntries(
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
  const readers = resourceReaders(clients);

  /** Physical id of a resource, by its logical one. */
  function idOf(logicalId: string): string {
    const id = ids[logicalId];
    if (!id) throw new Error(`there is no ${logicalId}`);
    return id;
  }

  const [, , , region = '', account = ''] = stack?.StackId?.split(':') ?? [];
  const refs: Record<string, string> = {
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': stack?.StackId ?? '',
    'AWS::URLSuffix': 'amazonaws.com',
    ...ids,
  };
  const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
  for (const [logicalId, { Type }] of Object.entries(resources)) {
    const id = idOf(logicalId);
    const name = id.split(/[:/]/).at(-1) ?? '';
    const attributes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'AWS::Events::Rule': { Arn: arn('events', `rule/${id}`) },
      'AWS::IAM::Role': { Arn: `arn:aws:iam::${account}:role/${id}` },
      'AWS::Lambda::Function': { Arn: arn('lambda', `function:${id}`) },
      'AWS::Lambda::Version': { Version: name },
      'AWS::Logs::LogGroup': { Arn: arn('logs', `log-group:${id}:*`) },
      'AWS::SQS::Queue': { Arn: arn('sqs', name), QueueName: name },
    };
    for (const [attribute, value] of Object.entries(attributes[Type] ?? {})) {
      refs[`${logicalId}.${attribute}`] = value;
    }
    // What only the service knows.
    if (Type === 'AWS::ApiGateway::RestApi') {
      const { rootResourceId = '' } = await apiGateway.send(
        new GetRestApiCommand({ restApiId: id }),
      );
      refs[`${logicalId}.RootResourceId`] = rootResourceId;
    }
  }

  /** What the template says of a resource. */
  function declared(logicalId: string): Properties {
    return evaluate(resources[logicalId]?.Properties ?? {}, refs) as Properties;
  }

  return {
    idOf,
    declared,
    /** What is there of a resource, in the words of the template. */
    async read(logicalId: string): Promise<object> {
      const { Type = '' } = resources[logicalId] ?? {};
      const reader = readers[Type];
      if (!reader) throw new Error(`nothing here reads ${Type}`);
      return reader(idOf(logicalId), declared(logicalId));
    },
    /** Values of the outputs, by their names. */
    outputs: Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
        OutputKey,
        OutputValue,
      ]),
    ),
  };
}
