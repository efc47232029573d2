/** Alarms and dashboard as a fragment of CloudFormation, for the section `resources` of any serverless.yml. */
import type { GeneratedFile } from '../generatedFile.ts';
import type { ServiceDescription } from '../service.ts';
import { alarmResources, alarmTopic } from './alarm.ts';
import { alarms } from './alarms.ts';
import { dashboardResource } from './dashboard.ts';
import { sections } from './dashboardSections.ts';
import type { Deployment } from './metricMath.ts';
import { idOf, ref } from './template.ts';

/** What a fragment is for. */
export interface FragmentOptions {
  /** Every function, by its key in serverless.yml. */
  readonly functions: readonly string[];
  /** Namespace of the metrics that the functions write. */
  readonly namespace: string;
}

/** The fragment: names, region and functions are those of the stack that it becomes a part of. */
export function cloudFormationFile(
  service: ServiceDescription,
  { functions, namespace }: FragmentOptions,
): GeneratedFile {
  const deployment: Deployment = {
    name: ref('AWS::StackName'),
    region: ref('AWS::Region'),
    namespace,
    functionNames: Object.fromEntries(
      functions.map((key) => [key, ref(`${idOf(key)}LambdaFunction`)]),
    ),
  };
  const Resources = {
    ...alarmTopic(service.name),
    ...alarmResources(deployment, alarms(service, deployment)),
    Dashboard: dashboardResource(deployment, sections(service, deployment)),
  };
  return { path: 'cloudwatch.json', content: `${JSON.stringify({ Resources }, null, 2)}\n` };
}
