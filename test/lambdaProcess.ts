/** Runs a built function as Lambda does, without its zip: its bundle alone, in an instance of its own. */
import { join } from 'node:path';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { root } from '../tools/root.ts';
import { startLambda } from './aws/lambdaInstance.ts';
import { documentedProtocol } from './aws/runtimeClients.ts';

/** What an instance of Lambda's came to. */
export interface LambdaRun {
  readonly answers: readonly APIGatewayProxyResult[];
  /** Lines of stdout: in Lambda, the log that CloudWatch reads metrics from. */
  readonly stdout: readonly string[];
  readonly stderr: string;
}

/** Invokes the built function of a name once for each event, one after another. */
export async function runInLambda(
  name: string,
  events: readonly Partial<APIGatewayProxyEvent>[],
  environment: Readonly<Record<string, string>> = {},
): Promise<LambdaRun> {
  const instance = await startLambda({
    name: `lambdascope-dev-${name}`,
    taskRoot: join(root, 'dist', name),
    handler: 'index.handler',
    memorySize: 512,
    timeoutSeconds: 6,
    environment,
    runtimeClient: documentedProtocol.args,
  });
  const answers: APIGatewayProxyResult[] = [];
  for (const event of events) {
    answers.push((await instance.invoke(event)) as APIGatewayProxyResult);
  }
  const stdout = instance.stdoutLines();
  return { answers, stdout, stderr: await instance.stop() };
}
