/** Starts a server program, waits until it is ready, and stops it. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How a server is started. */
export interface ServerOptions {
  /** What a person calls it. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Variables on top of this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** Path that answers 200 once it is ready. */
  readonly readyPath: string;
  /** File that takes its output; a restart writes on. */
  readonly logFile: string;
}

/** Time to become ready, in milliseconds. */
const START = 60_000;
/** Time to end after being asked, in milliseconds. */
const STOP = 10_000;
/** Time for one answer, in milliseconds. */
const ANSWER = 5000;
/** Time between two looks, in milliseconds. */
const PAUSE = 50;
/** Lines of a log that an error quotes. */
const QUOTED_LINES = 5;

/** A server that runs. */
export type Server = Awaited<ReturnType<typeof startServer>>;

/**
 * Starts a server and waits until it is ready.
 *
 * @throws Error when it ends or is not ready in time; then it does not run.
 */
export async function startServer(options: ServerOptions) {
  const { title, url, readyPath, logFile } = options;
  const child = launch(options);
  let end: string | undefined;
  /** Says in words how it ended, once it has. */
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  ended.then((how) => {
    end = how;
  });

  /** Ends it cleanly, and by force when that takes too long. */
  const stop = async () => {
    if (end !== undefined) return;
    const force = setTimeout(() => child.kill('SIGKILL'), STOP);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(force);
  };

  const deadline = performance.now() + START;
  while (!(await answers(url + readyPath))) {
    if (end !== undefined) throw new Error(`${title}: ${end}. ${lastLines(logFile)}`);
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${title}: not ready in ${START / 1000} s. ${lastLines(logFile)}`);
    }
    await pause(PAUSE);
  }
  return { title, url, pid: child.pid ?? 0, logFile, ended, stop };
}

/** The end of a server's log, for an error message. */
export function lastLines(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-QUOTED_LINES);
  return `The end of ${logFile}:\n  ${lines.join('\n  ')}`;
}

function launch({ command, args, env, logFile }: ServerOptions) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    return spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      // A process group of its own: Ctrl-C reaches this process alone, which stops them in order.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
