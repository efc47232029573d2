/** Looks at the processes of this machine. */
import { spawnSync } from 'node:child_process';

/** A process that runs, or waits; not one that has ended and that nobody has asked about. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

function processes(): readonly Process[] {
  const args = ['-A', '-o', 'pid=,ppid=,pgid=,stat='];
  const { stdout } = spawnSync('ps', args, { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [pid = '', parent, group, state = 'Z'] = line.trim().split(/\s+/);
    if (state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
  });
}

/** Ids of the children of a process, in the order in which they were started. */
export function childrenOf(parent = 0): readonly number[] {
  return idsOf((process) => process.parent === parent);
}

/** Ids of the children, and of theirs. */
export function descendantsOf(pid = 0): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Ids of the processes of a group. */
export function membersOf(group: number): readonly number[] {
  return idsOf((process) => process.group === group);
}

/** Whether a process has not ended. */
export function isAlive(pid: number): boolean {
  return idsOf((process) => process.pid === pid).length > 0;
}

function idsOf(which: (process: Process) => boolean): readonly number[] {
  return processes()
    .filter(which)
    .map(({ pid }) => pid)
    .toSorted((a, b) => a - b);
}
