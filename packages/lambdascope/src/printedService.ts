/** Reads of a service, by its own `serverless print`, what dashboards, rules and alarms follow from. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { FragmentOptions } from './dashboards/cloudwatch/fragment.ts';
import { plainService, type ServiceDescription } from './dashboards/service.ts';
import { thresholdsWith } from './dashboards/thresholds.ts';
import { definitionsOf } from './definitionsOf.ts';
import { readOptions } from './emulator/options.ts';
import { readConfig } from './function/config.ts';

/** So that no address of a dashboard is longer than Grafana's 40 characters. */
const LONGEST_NAME = 27;

/** Packages that have the Serverless Framework's command. */
const FRAMEWORKS = ['serverless', 'osls'];

/** What is read of a resolved `serverless.yml`. */
export interface Printed {
  readonly service: string;
  readonly provider: FunctionDefaults & { readonly stage?: string; readonly region?: string };
  readonly functions?: Functions | readonly Functions[];
  readonly custom?: { readonly lambdascope?: unknown };
}

/** What a function has of its own, or of the provider. */
interface FunctionDefaults {
  readonly runtime?: string;
  readonly architecture?: string;
  readonly memorySize?: number;
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
}

type Functions = Readonly<Record<string, PrintedFunction>>;

/** A function of a resolved `serverless.yml`. */
export interface PrintedFunction extends FunctionDefaults {
  readonly name?: string;
  readonly handler?: string;
  readonly events?: readonly object[];
  readonly url?: unknown;
  readonly reservedConcurrency?: number;
  readonly provisionedConcurrency?: number;
}

/** A service cannot be read. */
export class PrintedServiceError extends Error {
  override readonly name = 'PrintedServiceError';
  readonly code = 'printed_service';
}

/**
 * The service in a folder.
 *
 * @param stage which stage's metrics CloudWatch shows. @default the service's own default
 * @throws PrintedServiceError, OptionsError or MetricsModuleError with what to mend
 */
export async function readService(
  folder: string,
  stage?: string,
): Promise<{ service: ServiceDescription; fragment: FragmentOptions }> {
  const printed = await printService(folder, stage);
  const {
    thresholds = {},
    metrics,
    runbooks,
    prefix: name = printed.service,
  } = readOptions(printed.custom?.lambdascope);
  if (name.length > LONGEST_NAME) {
    throw new PrintedServiceError(
      `The name ${name} is too long for addresses in Grafana. Set custom.lambdascope.prefix to at most ${LONGEST_NAME} characters.`,
    );
  }
  const functions = functionsOf(printed);
  const keys = Object.keys(functions);
  const called = keys.filter((key) => functions[key]?.events?.length || functions[key]?.url);
  const namespace = printed.provider.environment?.['AWS_EMF_NAMESPACE'];
  return {
    service: {
      ...plainService(name),
      functions: called.length > 0 ? called : keys,
      metrics: metrics === undefined ? [] : await definitionsOf(folder, metrics),
      thresholds: thresholdsWith(thresholds),
      ...(runbooks !== undefined && { runbooks: { alerts: runbooks, aws: runbooks } }),
    },
    fragment: {
      functions: keys,
      namespace: readConfig(typeof namespace === 'string' ? { AWS_EMF_NAMESPACE: namespace } : {})
        .emfNamespace,
    },
  };
}

/** The functions of a service by their keys: `serverless.yml` may have several lists of them. */
export function functionsOf({ functions = {} }: Printed): Functions {
  return Object.assign({}, ...[functions].flat());
}

/**
 * What the Serverless Framework makes of the `serverless.yml` in a folder.
 *
 * @throws PrintedServiceError with its words
 */
export async function printService(folder: string, stage?: string): Promise<Printed> {
  const args = ['print', '--format', 'json', ...(stage === undefined ? [] : ['--stage', stage])];
  const command = [frameworkOf(folder), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: folder,
    maxBuffer: Number.POSITIVE_INFINITY,
  }).catch((cause: Error & { stdout?: string; stderr?: string }) => {
    const said = [cause.stdout, cause.stderr].join('').trim();
    throw new PrintedServiceError(`serverless print failed:\n${said || cause.message}`, { cause });
  });
  // Plugins may have said something before.
  return JSON.parse(stdout.slice(stdout.search(/^\{/m)));
}

/** The command of the framework that the service has installed. */
function frameworkOf(folder: string): string {
  const require = createRequire(join(folder, 'package.json'));
  for (const name of FRAMEWORKS) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      return join(dirname(manifest), require(manifest).bin[name]);
    } catch {
      // The next may be there.
    }
  }
  throw new PrintedServiceError(
    `There is no Serverless Framework in ${folder}. Run this in the folder of serverless.yml, after npm install.`,
  );
}
