/** Reads resources of a stack by AWS's SDK, in the words of a template. */
import {
  GetApiKeyCommand,
  GetDeploymentCommand,
  GetGatewayResponseCommand,
  GetMethodCommand,
  GetModelCommand,
  GetRequestValidatorCommand,
  GetResourceCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetApplicationCommand, GetDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
} from '@aws-sdk/client-lambda';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { GetSubscriptionAttributesCommand, GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from './awsClients.ts';

/** What the template says of a resource, evaluated. */
// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON.
export type Properties = Readonly<Record<string, any>>;

/** Reads a resource by its physical id and its properties. */
type Reader = (id: string, properties: Properties) => Promise<object>;

/** Maps whose keys are the template's own words. */
const MAPS = new Set([
  'requestModels',
  'requestParameters',
  'requestTemplates',
  'responseParameters',
  'responseTemplates',
]);

/** By the template's names, which begin with capital letters where those of some services do not. */
function capital(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capital);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      MAPS.has(name) ? member : capital(member),
    ]),
  );
}

/** The names of an object of which every member is told by the template's name. */
const capitals = (value: object) => capital(value) as object;

const tagList = (tags: Readonly<Record<string, string>> = {}) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** How each type of resource is read. */
export function resourceReaders(clients: AwsClients): Readonly<Record<string, Reader>> {
  const { apiGateway, cloudWatch, codeDeploy, events, iam, lambda, logs, s3, sns, sqs, states } =
    clients;
  return {
    'AWS::ApiGateway::ApiKey': async (apiKey) =>
      capitals(await apiGateway.send(new GetApiKeyCommand({ apiKey }))),
    'AWS::ApiGateway::Deployment': async (deploymentId, { RestApiId }) => ({
      RestApiId,
      ...capitals(
        await apiGateway.send(new GetDeploymentCommand({ restApiId: RestApiId, deploymentId })),
      ),
    }),
    'AWS::ApiGateway::GatewayResponse': async (_, { RestApiId, ResponseType }) => ({
      RestApiId,
      ...capitals(
        await apiGateway.send(
          new GetGatewayResponseCommand({ restApiId: RestApiId, responseType: ResponseType }),
        ),
      ),
    }),
    'AWS::ApiGateway::Method': async (_, { RestApiId, ResourceId, HttpMethod }) => {
      const { methodIntegration, methodResponses, ...method } = await apiGateway.send(
        new GetMethodCommand({
          restApiId: RestApiId,
          resourceId: ResourceId,
          httpMethod: HttpMethod,
        }),
      );
      const { httpMethod, integrationResponses, ...integration } = methodIntegration ?? {};
      return {
        RestApiId,
        ResourceId,
        ...capitals(method),
        Integration: {
          IntegrationHttpMethod: httpMethod,
          IntegrationResponses: Object.values(integrationResponses ?? {}).map(capital),
          ...capitals(integration),
        },
        MethodResponses: Object.values(methodResponses ?? {}).map(capital),
      };
    },
    'AWS::ApiGateway::Model': async (modelName, { RestApiId }) => {
      const { schema = '', ...model } = await apiGateway.send(
        new GetModelCommand({ restApiId: RestApiId, modelName }),
      );
      return { RestApiId, ...capitals(model), Schema: JSON.parse(schema) };
    },
    'AWS::ApiGateway::RequestValidator': async (requestValidatorId, { RestApiId }) => ({
      RestApiId,
      ...capitals(
        await apiGateway.send(
          new GetRequestValidatorCommand({ restApiId: RestApiId, requestValidatorId }),
        ),
      ),
    }),
    'AWS::ApiGateway::Resource': async (resourceId, { RestApiId }) => ({
      RestApiId,
      ...capitals(
        await apiGateway.send(new GetResourceCommand({ restApiId: RestApiId, resourceId })),
      ),
    }),
    'AWS::ApiGateway::RestApi': async (restApiId) => {
      const { tags, ...rest } = await apiGateway.send(new GetRestApiCommand({ restApiId }));
      return { ...capitals(rest), Tags: tagList(tags) };
    },
    'AWS::ApiGateway::Stage': async (stageName, { RestApiId }) => {
      const { tags, accessLogSettings, methodSettings, ...stage } = await apiGateway.send(
        new GetStageCommand({ restApiId: RestApiId, stageName }),
      );
      return {
        RestApiId,
        ...capitals(stage),
        AccessLogSetting: capital(accessLogSettings),
        MethodSettings: Object.entries(methodSettings ?? {}).map(([key, settings]) => {
          const cut = key.lastIndexOf('/');
          return {
            ResourcePath: `/${key.slice(0, cut)}`,
            HttpMethod: key.slice(cut + 1),
            ...capitals(settings),
          };
        }),
        Tags: tagList(tags),
      };
    },
    'AWS::ApiGateway::UsagePlan': async (usagePlanId) => {
      const { name, quota, ...plan } = await apiGateway.send(
        new GetUsagePlanCommand({ usagePlanId }),
      );
      return {
        UsagePlanName: name,
        // moto keeps a limit that was changed as a text.
        Quota: { Limit: Number(quota?.limit), Period: quota?.period },
        ...capitals(plan),
      };
    },
    'AWS::ApiGateway::UsagePlanKey': async (_, { UsagePlanId, KeyId }) => {
      const { id, type } = await apiGateway.send(
        new GetUsagePlanKeyCommand({ usagePlanId: UsagePlanId, keyId: KeyId }),
      );
      return { UsagePlanId, KeyId: id, KeyType: type };
    },
    'AWS::CloudWatch::Alarm': async (name) => {
      const { MetricAlarms: [alarm = {}] = [] } = await cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [name] }),
      );
      return alarm;
    },
    'AWS::CloudWatch::Dashboard': (DashboardName) =>
      cloudWatch.send(new GetDashboardCommand({ DashboardName })),
    'AWS::CodeDeploy::Application': async (applicationName) => {
      const { application = {} } = await codeDeploy.send(
        new GetApplicationCommand({ applicationName }),
      );
      return capitals(application);
    },
    'AWS::CodeDeploy::DeploymentGroup': async (deploymentGroupName, { ApplicationName }) => {
      const { deploymentGroupInfo = {} } = await codeDeploy.send(
        new GetDeploymentGroupCommand({ applicationName: ApplicationName, deploymentGroupName }),
      );
      return capitals(deploymentGroupInfo);
    },
    'AWS::Events::Rule': async (Rule) => ({
      ...(await events.send(new DescribeRuleCommand({ Name: Rule }))),
      ...(await events.send(new ListTargetsByRuleCommand({ Rule }))),
    }),
    'AWS::IAM::Role': async (RoleName) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      const policies = PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument } = await iam.send(
          new GetRolePolicyCommand({ RoleName, PolicyName }),
        );
        return { PolicyName, PolicyDocument: document(PolicyDocument) };
      });
      return {
        AssumeRolePolicyDocument: document(Role?.AssumeRolePolicyDocument),
        Policies: await Promise.all(policies),
      };
    },
    'AWS::Lambda::Alias': async (_, { FunctionName, Name }) => ({
      FunctionName,
      ...(await lambda.send(new GetAliasCommand({ FunctionName, Name }))),
    }),
    'AWS::Lambda::EventInvokeConfig': async (_, { FunctionName, Qualifier }) => ({
      FunctionName,
      Qualifier,
      ...(await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier }))),
    }),
    'AWS::Lambda::Function': async (FunctionName) => {
      const { Configuration, Concurrency, Tags } = await lambda.send(
        new GetFunctionCommand({ FunctionName }),
      );
      return { ...Configuration, ...Concurrency, Tags: tagList(Tags) };
    },
    'AWS::Lambda::Permission': async (_, properties) => {
      const { Policy = '' } = await lambda.send(
        new GetPolicyCommand({ FunctionName: properties['FunctionName'] }),
      );
      const statements: Properties[] = JSON.parse(Policy).Statement;
      const [statement] = statements.filter(
        ({ Condition }) => Condition.ArnLike['AWS:SourceArn'] === properties['SourceArn'],
      );
      return {
        FunctionName: properties['FunctionName'],
        Action: statement?.['Action'],
        Principal: statement?.['Principal'].Service,
        SourceArn: statement?.['Condition'].ArnLike['AWS:SourceArn'],
        SourceAccount: statement?.['Condition'].StringEquals?.['AWS:SourceAccount'],
      };
    },
    'AWS::Lambda::Version': async (FunctionName) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    'AWS::Logs::LogGroup': async (logGroupNamePrefix) => {
      const { logGroups = [] } = await logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix }),
      );
      return capitals(
        logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix) ?? {},
      );
    },
    'AWS::Logs::MetricFilter': async (filterNamePrefix, { LogGroupName }) => {
      const { metricFilters: [filter = {}] = [] } = await logs.send(
        new DescribeMetricFiltersCommand({ filterNamePrefix, logGroupName: LogGroupName }),
      );
      return capitals(filter);
    },
    'AWS::S3::Bucket': async (Bucket, properties) => {
      const read: Record<string, () => Promise<unknown>> = {
        BucketName: async () => Bucket,
        BucketEncryption: async () => {
          const { ServerSideEncryptionConfiguration } = await s3.send(
            new GetBucketEncryptionCommand({ Bucket }),
          );
          return {
            ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration?.Rules?.map(
              ({ ApplyServerSideEncryptionByDefault }) => ({
                ServerSideEncryptionByDefault: ApplyServerSideEncryptionByDefault,
              }),
            ),
          };
        },
        PublicAccessBlockConfiguration: async () =>
          (await s3.send(new GetPublicAccessBlockCommand({ Bucket })))
            .PublicAccessBlockConfiguration,
        OwnershipControls: async () =>
          (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls,
        LifecycleConfiguration: async () => {
          const { Rules = [] } = await s3.send(
            new GetBucketLifecycleConfigurationCommand({ Bucket }),
          );
          return {
            Rules: Rules.map(({ ID, Expiration, ...rule }) => ({
              Id: ID,
              ...(Expiration ? { ExpirationInDays: Expiration.Days } : {}),
              ...rule,
            })),
          };
        },
        NotificationConfiguration: async () => {
          const { LambdaFunctionConfigurations = [] } = await s3.send(
            new GetBucketNotificationConfigurationCommand({ Bucket }),
          );
          return {
            LambdaConfigurations: LambdaFunctionConfigurations.map(
              ({ LambdaFunctionArn, Events, Filter }) => ({
                Function: LambdaFunctionArn,
                Event: Events?.join(),
                Filter: { S3Key: { Rules: Filter?.Key?.FilterRules } },
              }),
            ),
          };
        },
      };
      const members = Object.keys(properties).map(async (name) => [name, await read[name]?.()]);
      return Object.fromEntries(await Promise.all(members));
    },
    'AWS::S3::BucketPolicy': async (_, { Bucket }) => {
      const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      return { Bucket, PolicyDocument: JSON.parse(Policy) };
    },
    'AWS::SNS::Subscription': async (SubscriptionArn) =>
      (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes ?? {},
    'AWS::SNS::Topic': async (TopicArn) =>
      (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {},
    'AWS::SQS::Queue': async (QueueUrl) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      // Attributes are texts, numbers and flags too.
      return Object.fromEntries(
        Object.entries(Attributes).map(([name, text]) => [
          name,
          /^(\d+|true|false)$/.test(text) ? JSON.parse(text) : text,
        ]),
      );
    },
    'AWS::StepFunctions::StateMachine': async (stateMachineArn) => {
      const {
        name,
        roleArn,
        definition = '',
      } = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
      return { StateMachineName: name, RoleArn: roleArn, Definition: JSON.parse(definition) };
    },
  };
}

/** A policy, as IAM gives it. */
function document(encoded = ''): unknown {
  return JSON.parse(decodeURIComponent(encoded));
}
