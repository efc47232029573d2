/** Runs a built function as Lambda does: its bundle alone, in a Node process with Lambda's environment. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { root } from '../tools/root.ts';

/** What a process of Lambda's came to. */
export interface LambdaRun {
  readonly answers: readonly APIGatewayProxyResult[];
  /** Lines of stdout: in Lambda, the log that CloudWatch reads metrics from. */
  readonly stdout: readonly string[];
  readonly stderr: string;
}

/** Marks the answers, which Lambda would send elsewhere. */
const ANSWERS = '\u0000answers ';

/** Loads the handler and invokes it with each event, one after another. */
const PROGRAM = `
  const { handler } = await import(process.argv[1]);
  const answers = [];
  for (const event of JSON.parse(process.env.EVENTS)) {
    answers.push(await handler(event, { getRemainingTimeInMillis: () => 6000 }));
  }
  process.stderr.write(${JSON.stringify(ANSWERS)} + JSON.stringify(answers));
`;

/** Invokes the built function of a name once for each event. */
export async function runInLambda(
  name: string,
  events: readonly Partial<APIGatewayProxyEvent>[],
  env: Readonly<Record<string, string>> = {},
): Promise<LambdaRun> {
  const bundle = pathToFileURL(join(root, 'dist', name, 'index.mjs')).href;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, bundle],
    {
      env: { ...lambdaEnvironment(name), ...env, EVENTS: JSON.stringify(events) },
      maxBuffer: 2 ** 26,
    },
  );
  const [log = '', answers = '[]'] = stderr.split(ANSWERS);
  return {
    answers: JSON.parse(answers),
    stdout: stdout.split('\n').filter((line) => line !== ''),
    stderr: log,
  };
}

/** What Lambda sets, after https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. */
function lambdaEnvironment(name: string): Record<string, string> {
  return {
    _HANDLER: 'index.handler',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_REGION: 'eu-central-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: `lambdascope-dev-${name}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/lambdascope-dev-${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    LAMBDA_TASK_ROOT: '/var/task',
    TZ: ':UTC',
  };
}
