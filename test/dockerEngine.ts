/**
 * A Docker engine of a test's own. Its processes, network and mounts are in namespaces of one
 * process, so an engine that the machine runs already is untouched, ports cannot clash, and nothing
 * is left when that process ends.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/** Programs that an engine needs. */
export const enginePrograms = ['dockerd', 'docker', 'unshare', 'nsenter', 'ip'];

/** A running engine. */
export type DockerEngine = Awaited<ReturnType<typeof startDockerEngine>>;

/** Starts an engine; needs root. */
export async function startDockerEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'docker-engine-'));
  const socket = join(folder, 'docker.sock');
  const log = join(folder, 'log');
  // Daemon and client from one package: a client installed by hand may be too new for the daemon.
  const env = {
    ...process.env,
    PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${process.env['PATH']}`,
    DOCKER_HOST: `unix://${socket}`,
  };
  // In memory, in the mounts of the same process, where Docker has them by default and containers look
  // for them: images of many small files are quick to make there and gone in an instant.
  const folders = ['/run', '/var/lib/docker'];
  mkdirSync('/var/lib/docker', { recursive: true });
  const mounts = folders.map((path) => `mount -t tmpfs tmpfs ${path}`).join(' && ');
  const dockerd = `dockerd --host unix://${socket} --host unix:///run/docker.sock`;
  const output = openSync(log, 'w');
  const namespaces = spawn(
    'unshare',
    [
      ...['--net', '--mount', '--pid', '--mount-proc', '--fork', '--kill-child'],
      ...['sh', '-c', `ip link set lo up && ${mounts} && exec ${dockerd}`],
    ],
    { env, stdio: ['ignore', output, output] },
  );
  const ended = once(namespaces, 'exit');
  const target = String(namespaces.pid);

  /** What a docker command prints. */
  const docker = async (...args: readonly string[]) => (await run('docker', args, { env })).stdout;
  /** Ends the engine with its containers and deletes all its data. */
  const stop = async () => {
    // Not SIGTERM, which unshare ignores; its child dies with it, and all that run below that.
    namespaces.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    await eventually(() => {
      if (namespaces.exitCode !== null) throw new Error('the Docker engine ended');
      return docker('version');
    });
  } catch (cause) {
    const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
    await stop();
    throw new Error(`The Docker engine does not start:\n${tail}`, { cause });
  }
  return {
    /** Environment for programs that talk to this engine. */
    env,
    docker,
    /** What a program prints that runs where the containers' published ports are. */
    inNetwork: async (program: string, ...args: readonly string[]) =>
      (await run('nsenter', ['--target', target, '--net', program, ...args], { env })).stdout,
    stop,
  };
}
