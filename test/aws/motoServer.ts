/** moto's server, which keeps in memory what is deployed to it, as an account of AWS that was new. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/freePort.ts';
import { startServer } from '../../tools/monitoring/server.ts';
import { root } from '../../tools/root.ts';
import { pythonProgram } from '../programs/folder.ts';

/** A server that runs. */
export type MotoServer = Awaited<ReturnType<typeof startMoto>>;

/** Starts it on a free port. */
export async function startMoto() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'lambdascope-moto-'));
  const server = await startServer({
    title: 'moto',
    command: pythonProgram('python'),
    args: [join(root, 'test/aws/motoServer.py'), String(port)],
    // It would run functions in images that are nowhere here.
    env: { DOCKER_HOST: 'unix:///dev/null' },
    url,
    readyPath: '/moto-api/',
    logFile: join(folder, 'log'),
  });
  return {
    /** Base URL, without a slash at its end. */
    url,
    /** What SDKs and Serverless find it by. */
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
