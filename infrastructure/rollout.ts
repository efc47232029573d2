/** Deployments that take requests over step by step, and give them back when an alarm fires. */
import { attribute, idOf, type Resources, ref } from 'lambdascope/dashboards/cloudwatch/template';
import type { Configuration, ServerlessVariables } from './configuration.ts';
import { role } from './roles.ts';
import { arn } from './template.ts';

/** Every request goes to the new version at once: no CodeDeploy. */
const AT_ONCE = 'AllAtOnce';

/** What CodeDeploy has for Lambda besides, without `CodeDeployDefault.Lambda` in front. */
const STEPS =
  /^(?:Canary10Percent(?:5|10|15|30)Minutes|Linear10PercentEvery(?:1Minute|(?:2|3|10)Minutes))$/;

/** Functions that are rolled out: those with the model that somebody pays for. */
const FUNCTIONS = ['predict', 'batchPredict'] as const;

/** Alarms that end a rollout: what a bad version does to requests, within minutes. */
const ALARMS = ['FunctionErrors', 'HandlerErrors', 'InvocationTimeouts', 'GatewayErrors'];

/**
 * Ready instances by function, as osls is told. It gives an alias to functions with ready instances
 * alone, so one stands for "with an alias", and `rolloutExtensions` takes it off again.
 *
 * @throws Error naming the parameter's value and the remedy
 */
export async function readyInstances(
  serverless: Pick<ServerlessVariables, 'resolveVariable'>,
): Promise<Record<(typeof FUNCTIONS)[number], number>> {
  const rollout = String(await serverless.resolveVariable('param:rollout'));
  const ready = Number(await serverless.resolveVariable('param:provisionedConcurrency'));
  if (rollout !== AT_ONCE && !STEPS.test(rollout)) {
    throw new Error(
      `The parameter rollout is ${rollout}: set it to ${AT_ONCE}, or to one of CodeDeploy's ways for Lambda, such as Canary10Percent10Minutes.`,
    );
  }
  const alias = rollout === AT_ONCE ? 0 : 1;
  return { predict: Math.max(ready, alias), batchPredict: alias };
}

/** CodeDeploy's application, a group for each function, and the role that moves the aliases. */
export function rolloutResources({ service, stage, rollout }: Configuration): Resources {
  if (rollout === AT_ONCE) return {};
  const names = FUNCTIONS.map((name) => `function:${service}-${stage}-${name}`);
  const groups = FUNCTIONS.map((name) => [
    groupId(name),
    {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: ref('Rollout'),
        ServiceRoleArn: attribute('RolloutRole', 'Arn'),
        DeploymentConfigName: `CodeDeployDefault.Lambda${rollout}`,
        DeploymentStyle: {
          DeploymentType: 'BLUE_GREEN',
          DeploymentOption: 'WITH_TRAFFIC_CONTROL',
        },
        AlarmConfiguration: {
          Enabled: true,
          Alarms: ALARMS.map((alarm) => ({ Name: ref(`${alarm}Alarm`) })),
        },
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
        },
      },
    },
  ]);
  return {
    Rollout: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
    RolloutRole: role('codedeploy.amazonaws.com', [
      {
        actions: [
          'lambda:GetAlias',
          'lambda:UpdateAlias',
          'lambda:GetProvisionedConcurrencyConfig',
        ],
        on: names.flatMap((name) => [arn('lambda', name), arn('lambda', `${name}:*`)]),
      },
      // As in AWS's own policy for CodeDeploy: alarms are described as a list.
      { actions: ['cloudwatch:DescribeAlarms'], on: '*' },
    ]),
    ...Object.fromEntries(groups),
  };
}

/** What the aliases get: CodeDeploy to move them, and the ready instances that were asked for. */
export function rolloutExtensions({
  rollout,
  provisionedConcurrency,
}: Configuration): Record<string, unknown> {
  if (rollout === AT_ONCE) return {};
  return Object.fromEntries(
    FUNCTIONS.map((name) => [
      `${idOf(name)}ProvConcLambdaAlias`,
      {
        UpdatePolicy: {
          CodeDeployLambdaAliasUpdate: {
            ApplicationName: ref('Rollout'),
            DeploymentGroupName: ref(groupId(name)),
          },
        },
        ...(name === 'predict' && provisionedConcurrency > 0
          ? {}
          : { Properties: { ProvisionedConcurrencyConfig: ref('AWS::NoValue') } }),
      },
    ]),
  );
}

function groupId(functionName: string): string {
  return `${idOf(functionName)}Rollout`;
}
