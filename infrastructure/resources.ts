/** Everything of the stack that Serverless does not make of the functions and their events. */
import { alarmResources } from '../monitoring/cloudwatch/alarms.ts';
import { dashboardBody } from '../monitoring/cloudwatch/dashboard.ts';
import { methodNotAllowedResources, stageResources } from './api.ts';
import { bulkAllows, bulkMapResources, bulkResources } from './bulk.ts';
import {
  type Configuration,
  readConfiguration,
  type ServerlessVariables,
} from './configuration.ts';
import { gatewayResponses } from './gatewayResponses.ts';
import { functionRoles } from './roles.ts';
import { rolloutExtensions, rolloutResources } from './rollout.ts';
import { idOf, type Resources, ref } from './template.ts';

/** The section `resources` of `serverless.yml`. */
export interface ResourceSection {
  readonly Resources: Resources;
  /** What is changed in resources that Serverless makes. */
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** The resources of the stage that is packaged. */
export async function resources(serverless: ServerlessVariables): Promise<ResourceSection> {
  const configuration = await readConfiguration(serverless);
  const { service, stage, bulkMap, bulkConcurrency, bulkRetentionDays } = configuration;
  const deployment = `ApiGatewayDeployment${configuration.instanceId}`;
  const answers = {
    ...gatewayResponses(),
    ...methodNotAllowedResources(configuration.routes),
  };
  return {
    Resources: {
      ...functionRoles({
        allows: { bulkPredict: bulkAllows(stage) },
        ...configuration,
      }),
      ...answers,
      ...stageResources({ ...configuration, deployment, throttles: throttles(configuration) }),
      ...bulkResources(stage, bulkRetentionDays),
      ...(bulkMap ? bulkMapResources(stage, bulkConcurrency) : {}),
      ...alarmResources(configuration),
      ...rolloutResources(configuration),
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: `${service}-${stage}`,
          DashboardBody: dashboardBody(configuration),
        },
      },
    },
    extensions: {
      // The stage is a resource of its own, with its limits and its log; the deployment would make
      // a bare one, before the answers that it shall give are there.
      [deployment]: {
        Properties: { StageName: ref('AWS::NoValue') },
        DependsOn: Object.keys(answers),
      },
      ApiGatewayUsagePlan: { DependsOn: ['ApiGatewayStage'] },
      ...Object.fromEntries(
        Array.from({ length: configuration.apiKeyCount }, (_, index) => [
          `ApiGatewayApiKey${index + 1}`,
          { DependsOn: ['ApiGatewayStage'] },
        ]),
      ),
      ...(configuration.reserveConcurrency ? {} : withoutReserve(configuration)),
      ...rolloutExtensions(configuration),
    },
    Outputs: {
      BulkBucketName: {
        Description: 'Bucket for bulk predictions: put objects below incoming/',
        Value: ref('BulkBucket'),
      },
    },
  };
}

/** Limits by method. */
function throttles({ rate, burst }: Configuration) {
  return {
    // Health and docs need no key, so nothing but this holds back who calls them.
    '*': { rate: 20, burst: 40 },
    'POST /predict': { rate, burst },
    // A batch may cost as much as thousands of single predictions.
    'POST /predict/batch': { rate: rate / 10, burst: burst / 10 },
  };
}

function withoutReserve({ functions }: Configuration): Record<string, unknown> {
  return Object.fromEntries(
    functions.map((name) => [
      `${idOf(name)}LambdaFunction`,
      { Properties: { ReservedConcurrentExecutions: ref('AWS::NoValue') } },
    ]),
  );
}
