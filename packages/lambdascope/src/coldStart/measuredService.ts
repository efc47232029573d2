/** The functions of the service in a folder whose cold starts can be measured here. */

import { resolve } from 'node:path';
import { type Options, readOptions } from '../emulator/options.ts';
import { DEFAULT_MEMORY, DEFAULT_TIMEOUT } from '../emulator/runner/functionDefaults.ts';
import { handlerFile } from '../emulator/runner/handler.ts';
import { functionsOf, printService } from '../printedService.ts';
import { exampleEvent } from './exampleEvent.ts';

/** What a function has when `serverless.yml` does not say: Serverless' defaults. */
export const DEFAULTS = {
  memorySize: DEFAULT_MEMORY,
  timeout: DEFAULT_TIMEOUT,
  architecture: 'x86_64',
} as const;

/** A function that can be loaded. */
export interface MeasuredFunction {
  /** Key in `serverless.yml`. */
  readonly key: string;
  /** Name in AWS. */
  readonly name: string;
  /** Of its module without the ending, a dot, the name that it exports. */
  readonly handler: string;
  readonly file: string;
  /** Folder of the code. */
  readonly codeDir: string;
  /** In megabytes. */
  readonly memorySize: number;
  readonly architecture: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly environment: NodeJS.ProcessEnv;
  /** What it is invoked with; none of a function that no request leads to. */
  readonly event: unknown;
}

/** A service, as far as its cold starts go. */
export interface MeasuredService {
  readonly functions: readonly MeasuredFunction[];
  /** Why others cannot be measured, by their keys. */
  readonly skipped: ReadonlyMap<string, string>;
  readonly budget: NonNullable<Options['budget']>;
}

/**
 * Reads it.
 *
 * @param code folder of the built files, from the service's own
 * @throws PrintedServiceError or OptionsError with what to mend
 */
export async function measuredService(
  folder: string,
  {
    stage,
    code = '.',
  }: { readonly stage?: string | undefined; readonly code?: string | undefined },
): Promise<MeasuredService> {
  const printed = await printService(folder, stage);
  const { provider, service, custom } = printed;
  const codeDir = resolve(folder, code);
  const functions: MeasuredFunction[] = [];
  const skipped = new Map<string, string>();
  for (const [key, definition] of Object.entries(functionsOf(printed))) {
    const {
      runtime = 'nodejs',
      architecture,
      memorySize,
      timeout,
    } = { ...provider, ...definition };
    const {
      handler,
      events = [],
      name = `${service}-${provider.stage ?? 'dev'}-${key}`,
    } = definition;
    const file = handler === undefined ? undefined : handlerFile(codeDir, handler);
    if (!runtime.startsWith('nodejs') || handler === undefined) skipped.set(key, 'not for Node');
    else if (file === undefined) {
      skipped.set(key, `no built file of ${handler}; build it, and name its folder by --code`);
    } else {
      functions.push({
        key,
        name,
        handler,
        file,
        codeDir,
        memorySize: memorySize ?? DEFAULTS.memorySize,
        architecture: architecture ?? DEFAULTS.architecture,
        timeout: (timeout ?? DEFAULTS.timeout) * 1000,
        environment: {
          ...textsOf({ ...provider.environment, ...definition.environment }),
          AWS_REGION: provider.region ?? 'us-east-1',
          LAMBDASCOPE_FUNCTION: key,
        },
        event: exampleEvent(events),
      });
    }
  }
  return { functions, skipped, budget: readOptions(custom?.lambdascope).budget ?? {} };
}

/** Variables that have a value before anything is deployed. */
function textsOf(environment: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      typeof value === 'object' ? [] : [[name, String(value)]],
    ),
  );
}
