/** Ends a process that npm started when that npm is gone, which no signal may have told it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Time between two looks, in milliseconds. */
const PAUSE = 500;

/** What npm runs a script with: by its name, with or without a path. */
const SHELL = /^(?:.*\/)?(?:ba|da|a|k|z)?sh$/;

/** A process, as the system lists it. */
interface Listed {
  readonly name: string;
  readonly parent: number;
}

/**
 * Sends SIGTERM to this process, which ends it as Ctrl-C does, once the npm (or npx) that started it
 * has ended: a signal to npm alone leaves behind what it started, and its shell. Where npm has not
 * started it nothing happens, nor when what started npm ends: who detaches it may go.
 */
export function endWithNpm(env: NodeJS.ProcessEnv = process.env): void {
  if (!env['npm_lifecycle_event']) return;
  // What package.json's scripts say: npm may be gone before this process has come so far.
  const parent = Number(env['NPM_PID'] || process.ppid);
  const shells = shellsFrom(parent);
  const timer = setInterval(() => {
    const same = shells.every(([shell, itsParent]) => listed(shell)?.parent === itsParent);
    if (same && process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PAUSE).unref();
}

/** The shells between a process's child and npm, each with its parent; often one, or none. */
function shellsFrom(pid: number): readonly (readonly [number, number])[] {
  const found = listed(pid);
  if (found === undefined || !SHELL.test(found.name)) return [];
  return [[pid, found.parent], ...shellsFrom(found.parent)];
}

/** A process as it is now; an orphan's parent is another than before. On Windows nothing. */
function listed(pid: number): Listed | undefined {
  try {
    if (process.platform === 'linux') {
      // `24367 (sh) S 24097 …`, and a name may hold anything.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const end = stat.lastIndexOf(')');
      const [, , parent] = stat.slice(end).split(' ');
      return { name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(parent) };
    }
    if (process.platform === 'win32') return undefined;
    const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, name = ''] = /^\s*(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
