/** Everything in an account of the kinds that the stack has; but for CodeDeploy's, of which moto deletes nothing. */
import {
  GetApiKeysCommand,
  GetRestApisCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { ListSubscriptionsCommand, ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from './awsClients.ts';

/** Kinds and names, such as `role lambdascope-dev-PredictRole-…`. */
export async function accountContents(clients: AwsClients): Promise<string[]> {
  const {
    apiGateway,
    cloudFormation,
    cloudWatch,
    events,
    iam,
    lambda,
    logs,
    s3,
    sns,
    sqs,
    states,
  } = clients;
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { items: apis = [] } = await apiGateway.send(new GetRestApisCommand({}));
  const { items: keys = [] } = await apiGateway.send(new GetApiKeysCommand({}));
  const { items: plans = [] } = await apiGateway.send(new GetUsagePlansCommand({}));
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  const { metricFilters = [] } = await logs.send(new DescribeMetricFiltersCommand({}));
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
  const { DashboardEntries = [] } = await cloudWatch.send(new ListDashboardsCommand({}));
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const { stateMachines = [] } = await states.send(new ListStateMachinesCommand({}));
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  return [
    ...Stacks.map(({ StackName }) => `stack ${StackName}`),
    ...Functions.map(({ FunctionName }) => `function ${FunctionName}`),
    ...Roles.map(({ RoleName }) => `role ${RoleName}`),
    ...apis.map(({ name }) => `API ${name}`),
    ...keys.map(({ name }) => `key ${name}`),
    ...plans.map(({ name }) => `usage plan ${name}`),
    ...logGroups.map(({ logGroupName }) => `log group ${logGroupName}`),
    ...metricFilters.map(({ filterName }) => `metric filter ${filterName}`),
    ...MetricAlarms.map(({ AlarmName }) => `alarm ${AlarmName}`),
    ...DashboardEntries.map(({ DashboardName }) => `dashboard ${DashboardName}`),
    ...Topics.map(({ TopicArn }) => `topic ${TopicArn}`),
    ...Subscriptions.map(({ SubscriptionArn }) => `subscription ${SubscriptionArn}`),
    ...QueueUrls.map((url) => `queue ${url}`),
    ...Rules.map(({ Name }) => `rule ${Name}`),
    ...stateMachines.map(({ name }) => `state machine ${name}`),
    ...Buckets.map(({ Name }) => `bucket ${Name}`),
  ].sort();
}
