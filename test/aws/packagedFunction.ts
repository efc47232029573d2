/** Starts a packaged function as its resource in the template says. */
import { idOf } from 'lambdascope/dashboards/cloudwatch/template';
import { type LambdaInstance, startLambda } from './lambdaInstance.ts';
import type { PackageContents } from './packages.ts';
import type { RuntimeClient } from './runtimeClients.ts';

/** Runs a function from its zip while `use` does, and ends it. */
export async function withFunction<T>(
  service: PackageContents,
  name: string,
  { args }: RuntimeClient,
  use: (instance: LambdaInstance) => Promise<T>,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { Handler, MemorySize, Timeout, FunctionName, Environment, LoggingConfig } =
    functionProperties(service, name);
  const instance = await startLambda({
    name: FunctionName,
    taskRoot: await service.unpack(name),
    handler: Handler,
    memorySize: MemorySize,
    timeoutSeconds: Timeout,
    environment: {
      AWS_LAMBDA_LOG_FORMAT: LoggingConfig.LogFormat,
      ...Environment.Variables,
      ...environment,
    },
    runtimeClient: args,
  });
  try {
    return await use(instance);
  } finally {
    await instance.stop();
  }
}

/** What the template says of a function. */
export function functionProperties({ resources }: PackageContents, name: string) {
  const logicalId = `${idOf(name)}LambdaFunction`;
  const resource = resources[logicalId];
  if (!resource) throw new Error(`the template has no ${logicalId}`);
  return resource.Properties;
}
