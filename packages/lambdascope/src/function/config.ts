/** What the environment says to a function, read once at load; no other file of this folder reads it. */

/** Where Observations go. */
export type SinkName = 'local' | 'emf' | 'none';

/** An environment variable holds something that cannot be used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config';
}

/** What a function needs to know of where it runs. */
export interface Config {
  /** `LAMBDASCOPE_SINK`; unset: local under serverless-offline, else EMF. */
  readonly sink: SinkName;
  /** Why `sink` was chosen, for the log. */
  readonly sinkReason: string;
  /** `AWS_EMF_NAMESPACE`: what CloudWatch files the metrics under. @default lambdascope */
  readonly emfNamespace: string;
  /** Whether the first invocation of an instance waited for its init; not so with provisioned concurrency. */
  readonly onDemand: boolean;
  /** The function's key in `serverless.yml`, as the kit's plugin sets it; else its name in AWS. */
  readonly functionName: string;
}

/**
 * The configuration that an environment gives.
 *
 * @throws ConfigError naming the variable, its value and the remedy.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    ...readSink(env),
    emfNamespace: env['AWS_EMF_NAMESPACE'] || 'lambdascope',
    onDemand: readOnDemand(env),
    functionName: env['LAMBDASCOPE_FUNCTION'] || env['AWS_LAMBDA_FUNCTION_NAME'] || 'unknown',
  };
}

/** The configuration of this instance. */
export const config = readConfig(process.env);

function readSink(env: NodeJS.ProcessEnv): Pick<Config, 'sink' | 'sinkReason'> {
  const sink = env['LAMBDASCOPE_SINK'];
  if (sink === 'local' || sink === 'emf' || sink === 'none') {
    return { sink, sinkReason: 'LAMBDASCOPE_SINK' };
  }
  if (sink) {
    throw new ConfigError(
      `LAMBDASCOPE_SINK=${sink} is not a sink. Set it to local, emf or none, or unset it.`,
    );
  }
  if (env['IS_OFFLINE']) return { sink: 'local', sinkReason: 'IS_OFFLINE' };
  return { sink: 'emf', sinkReason: 'default' };
}

/** Locally the type is unset, and every instance is made on demand. */
function readOnDemand(env: NodeJS.ProcessEnv): boolean {
  return (env['AWS_LAMBDA_INITIALIZATION_TYPE'] ?? 'on-demand') === 'on-demand';
}
