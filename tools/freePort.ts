/** Finds ports for servers that tests start. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports below those that systems give to connections: none of these takes it before the server does. */
const FIRST = 20_000;
const END = 32_768;

/**
 * A loopback port that is free for TCP, and that no test of another process is given as long as this
 * process lives: its UDP port of the same number says that it is taken.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    const claim = createSocket('udp4')
      .unref()
      .bind({ port, address: '127.0.0.1', exclusive: true });
    if ((await opens(claim)) && (await isFree(port))) return port;
  }
}

/** A free port for each of some variables that move one, as their values. */
export async function freePorts<Variable extends string>(
  ...variables: readonly Variable[]
): Promise<Record<Variable, string>> {
  const ports = await Promise.all(variables.map(() => freePort()));
  const entries = variables.map((variable, index) => [variable, String(ports[index])]);
  return Object.fromEntries(entries) as Record<Variable, string>;
}

/** Those of the emulator, and of a Pushgateway that is not there. */
export function emulatorPorts() {
  return freePorts('API_PORT', 'LAMBDA_PORT', 'METRICS_PORT', 'PUSHGATEWAY_PORT');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  if (!(await opens(server))) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** Whether a socket that is being opened gets its port. */
async function opens(socket: NodeJS.EventEmitter): Promise<boolean> {
  try {
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  }
}
