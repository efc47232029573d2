/** Calls a built function as Lambda would, without any server. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { root } from '../tools/root.ts';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Time that is left, as Lambda's context gives it, in milliseconds. */
const context = { getRemainingTimeInMillis: () => 6000 } as Context;

/**
 * A call of a function's bundle with the event in `test/events/`.
 *
 * @param sink where its Observations go
 */
export async function inProcess(
  name: 'predict',
  sink: 'none' | 'local' | 'emf' = 'none',
): Promise<() => Promise<APIGatewayProxyResult>> {
  process.env['LAMBDASCOPE_SINK'] = sink;
  const path = join(root, `dist/${name}/index.mjs`);
  // The query makes each sink's module its own.
  const { handler } = (await import(`${path}?sink=${sink}`)) as { handler: Handler };
  const event = JSON.parse(
    await readFile(join(root, `test/events/${name}.json`), 'utf8'),
  ) as APIGatewayProxyEvent;
  return () => handler(event, context);
}
