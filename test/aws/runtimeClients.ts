/** The programs that run a function's code in an instance: AWS's own, where it is installed, and a small one of the documented protocol. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/root.ts';

/** Where `npm --prefix test/aws/ric ci` puts AWS's own. */
const AWS_CLIENT = join(root, 'test/aws/ric/node_modules/aws-lambda-ric');

/** A program, and the arguments for Node that start it. */
export interface RuntimeClient {
  readonly name: string;
  readonly args: readonly string[];
}

/** The small one. */
export const documentedProtocol: RuntimeClient = {
  name: 'the documented protocol',
  args: [join(root, 'test/aws/runtimeClient.ts')],
};

/**
 * What there is to run functions with.
 *
 * @throws Error in CI, where AWS's own must be there
 */
export function runtimeClients(): RuntimeClient[] {
  // Compiled last, so that where it is, all is.
  if (existsSync(join(AWS_CLIENT, 'rapid-client.node'))) {
    return [{ name: 'aws-lambda-ric', args: [join(AWS_CLIENT, 'index.mjs')] }, documentedProtocol];
  }
  const remedy = 'aws-lambda-ric is not installed: npm --prefix test/aws/ric ci';
  if (process.env['CI'] === 'true') throw new Error(remedy);
  console.log(`skipped: ${remedy}`);
  return [documentedProtocol];
}
