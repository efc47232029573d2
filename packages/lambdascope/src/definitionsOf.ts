/** Reads the metrics that a service defines, from the module that its `serverless.yml` names. */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MetricDefinition } from './metrics.ts';

/** The module cannot be loaded. */
export class MetricsModuleError extends Error {
  override readonly name = 'MetricsModuleError';
  readonly code = 'metrics_module';
}

/**
 * The definitions of every `defineMetrics` that a module exports.
 *
 * @param servicePath folder of the service
 * @param path the module, from there
 * @throws MetricsModuleError naming the module and why
 */
export async function definitionsOf(
  servicePath: string,
  path: string,
): Promise<MetricDefinition[]> {
  const file = resolve(servicePath, path);
  try {
    const module = await load(servicePath, pathToFileURL(file).href);
    return Object.values(module)
      .filter((value) => typeof value === 'object' && value !== null)
      .flatMap((handles) => Object.values(handles as object))
      .flatMap((handle) => (isHandle(handle) ? [handle.definition] : []));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MetricsModuleError(`custom.lambdascope.metrics: ${path} cannot be loaded: ${why}`, {
      cause,
    });
  }
}

/** TypeScript that Node does not take is loaded as serverless-offline loads its handlers. */
async function load(servicePath: string, url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(url);
  } catch (error) {
    if (!/\.[cm]?ts$/.test(url)) throw error;
    const ofService = createRequire(join(servicePath, 'serverless.yml'));
    const ofOffline = createRequire(ofService.resolve('serverless-offline'));
    const { tsImport } = ofOffline('tsx/esm/api');
    return tsImport(url, url);
  }
}

function isHandle(value: unknown): value is { readonly definition: MetricDefinition } {
  return typeof value === 'object' && value !== null && 'definition' in value;
}
