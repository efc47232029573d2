/** How tests start an instance of a function in `fixtures`. */
import { join } from 'node:path';
import type { InstanceOptions } from 'lambdascope/emulator/runner/instance';

const fixtures = join(import.meta.dirname, 'fixtures');

export function instanceOptions(
  changes: Pick<InstanceOptions, 'functionKey' | 'handler'> & Partial<InstanceOptions>,
): InstanceOptions {
  return {
    codeDir: fixtures,
    servicePath: fixtures,
    timeout: 60_000,
    isolation: 'thread',
    loader: '',
    isLimited: true,
    keepsTime: true,
    ...changes,
  };
}

export const instanceEnvironment = {
  ...process.env,
  LAMBDASCOPE_SINK: 'local',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
};
