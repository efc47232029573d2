/** What a forecast needs to know of a function in `serverless.yml`. */
import { DEFAULTS } from '../coldStart/measuredService.ts';
import { functionsOf, PrintedServiceError, printService } from '../printedService.ts';
import type { Billing } from './dollars.ts';

/** A function as it would be deployed; what is absent is Lambda's or the framework's own default. */
export interface DeployedFunction {
  readonly name: string;
  readonly memoryMb: number;
  readonly architecture: string;
  readonly region: string;
  readonly api: Billing['api'];
  readonly reserved?: number;
  readonly provisioned: number;
}

/**
 * Reads a function of the service in a folder.
 *
 * @param name key in `serverless.yml`. @default the first that HTTP calls, or else the first
 * @throws PrintedServiceError naming the functions that there are
 */
export async function readFunction(
  folder: string,
  { name, stage }: { name?: string | undefined; stage?: string | undefined },
): Promise<DeployedFunction> {
  const printed = await printService(folder, stage);
  const functions = functionsOf(printed);
  const keys = Object.keys(functions);
  const key = name ?? keys.find((one) => apiOf(functions[one]?.events) !== 'none') ?? keys[0] ?? '';
  const found = Object.hasOwn(functions, key) ? functions[key] : undefined;
  if (found === undefined) {
    throw new PrintedServiceError(
      `There is no function ${key}. The functions are: ${keys.join(', ')}.`,
    );
  }
  const { provider } = printed;
  return {
    name: key,
    memoryMb: found.memorySize ?? provider.memorySize ?? DEFAULTS.memorySize,
    architecture: found.architecture ?? provider.architecture ?? 'x86_64',
    region: provider.region ?? 'us-east-1',
    api: apiOf(found.events),
    ...(found.reservedConcurrency !== undefined && { reserved: found.reservedConcurrency }),
    provisioned: found.provisionedConcurrency ?? 0,
  };
}

function apiOf(events: readonly object[] = []): Billing['api'] {
  const has = (kind: string) => events.some((event) => kind in event);
  if (has('http')) return 'rest';
  return has('httpApi') ? 'http' : 'none';
}
