/** Everything of the stack that Serverless does not make of the functions and their events. */
import { alarmResources, alarmTopic, TOPIC } from 'lambdascope/dashboards/cloudwatch/alarm';
import { alarms } from 'lambdascope/dashboards/cloudwatch/alarms';
import { dashboardResource } from 'lambdascope/dashboards/cloudwatch/dashboard';
import { sections } from 'lambdascope/dashboards/cloudwatch/dashboardSections';
import type { Deployment } from 'lambdascope/dashboards/cloudwatch/metricMath';
import { idOf, type Resources, ref } from 'lambdascope/dashboards/cloudwatch/template';
import { modelSection } from '../monitoring/cloudwatch/modelSection.ts';
import { serviceOf } from '../monitoring/service.ts';
import { methodNotAllowedResources, stageResources } from './api.ts';
import {
  type Configuration,
  readConfiguration,
  type ServerlessVariables,
} from './configuration.ts';
import { gatewayAlarms, gatewayGraph, gatewayResources } from './gateway.ts';
import { gatewayResponses } from './gatewayResponses.ts';
import { functionRoles } from './roles.ts';
import { rolloutExtensions, rolloutResources } from './rollout.ts';
import { type StackPart, stackParts } from './stackPart.ts';

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
  const parts = await stackParts(serverless);
  const deployment = `ApiGatewayDeployment${configuration.instanceId}`;
  const answers = {
    ...gatewayResponses(),
    ...methodNotAllowedResources(configuration.routes),
  };
  return {
    Resources: {
      ...functionRoles(configuration, Object.assign({}, ...parts.map(({ allows }) => allows))),
      ...answers,
      ...stageResources({ ...configuration, deployment, throttles: throttles(configuration) }),
      ...Object.assign({}, ...parts.map((part) => part.Resources)),
      ...observingResources(configuration, parts),
      ...rolloutResources(configuration),
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
    Outputs: Object.assign({}, ...parts.map(({ Outputs }) => Outputs)),
  };
}

/** What alarms and the dashboard follow from. */
type ObservedConfiguration = Pick<
  Configuration,
  | 'service'
  | 'stage'
  | 'region'
  | 'emfNamespace'
  | 'functions'
  | 'httpFunctions'
  | 'alarmEmail'
  | 'noTrafficMinutes'
>;

/** Alarms, who is told of them, and the dashboard. */
export function observingResources(
  configuration: ObservedConfiguration,
  parts: readonly StackPart[],
): Resources {
  const { service: name, stage, region, emfNamespace, functions, alarmEmail } = configuration;
  const service = serviceOf(configuration.httpFunctions);
  const deployment: Deployment = {
    name: `${name}-${stage}`,
    region,
    namespace: emfNamespace,
    functionNames: Object.fromEntries(functions.map((key) => [key, `${name}-${stage}-${key}`])),
  };
  return {
    ...alarmTopic(`${name} ${stage}`),
    ...(alarmEmail
      ? {
          AlarmMail: {
            Type: 'AWS::SNS::Subscription',
            Properties: { TopicArn: ref(TOPIC), Protocol: 'email', Endpoint: alarmEmail },
          },
        }
      : {}),
    ...gatewayResources(configuration),
    ...alarmResources(deployment, {
      ...alarms(service, deployment),
      ...gatewayAlarms(configuration),
      ...Object.assign({}, ...parts.map((part) => part.alarms)),
    }),
    Dashboard: dashboardResource(
      deployment,
      sections(service, deployment, {
        traffic: [gatewayGraph(configuration)],
        metrics: modelSection(service, deployment),
      }),
    ),
  };
}

/** Limits by method. */
function throttles({ rate, burst }: Configuration) {
  return {
    // Health and docs need no key, so nothing but this holds back who calls them.
    '*': { rate: 20, burst: 40 },
    'POST /predict': { rate, burst },
    // As many as there can be predictions of one row.
    'POST /labels': { rate, burst },
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
