/** Checks that the ports are free before anything starts. */
import { createServer } from 'node:net';
import type { LocalPort } from '../localConfig.ts';

/** @throws Error for the first port that something else listens on. */
export async function checkPorts(ports: readonly LocalPort[], host: string): Promise<void> {
  for (const { port, variable, what } of ports) {
    if (await isFree(port, host)) continue;
    throw new Error(
      `Port ${port} (${what}) is taken. Free it, or set ${variable} to another port.`,
    );
  }
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
        else reject(error);
      })
      .listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
