/** Parts of the service that have a folder of their own: what they add to the stack, as their `stack.ts` says. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Alarms } from 'lambdascope/dashboards/cloudwatch/alarm';
import type { Resources } from 'lambdascope/dashboards/cloudwatch/template';
import type { ServerlessVariables } from './configuration.ts';
import type { Allow } from './roles.ts';

const root = join(import.meta.dirname, '..');

/** What a part adds. */
export interface StackPart {
  /** What its functions may do besides writing their logs. */
  readonly allows: Readonly<Record<string, readonly Allow[]>>;
  readonly Resources: Resources;
  readonly alarms: Alarms;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** What a `stack.ts` exports. */
interface StackModule {
  stackPart(serverless: ServerlessVariables): Promise<StackPart>;
}

/** Every part that there is: whoever does not want one deletes its folder, and its function's line. */
export async function stackParts(serverless: ServerlessVariables): Promise<readonly StackPart[]> {
  const files = globSync('*/stack.ts', { cwd: root });
  return Promise.all(
    files.map(async (file) => {
      const module: StackModule = await import(pathToFileURL(join(root, file)).href);
      return module.stackPart(serverless);
    }),
  );
}
