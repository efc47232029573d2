/** Whether the kit's own runner can run the functions of a service. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionDefinition } from '../serverless.ts';

/** Whether every function is an ES module in a file `.mjs`; says which is not. */
export function hasModules(servicePath: string, functions: readonly FunctionDefinition[]): boolean {
  const other = functions.find(({ handler = '' }) => {
    return !existsSync(join(servicePath, `${handler.slice(0, handler.lastIndexOf('.'))}.mjs`));
  });
  if (other === undefined) return true;
  console.error(
    `custom.lambdascope.runner: ${other.handler} is no ES module (.mjs), so serverless-offline runs all functions.`,
  );
  return false;
}
