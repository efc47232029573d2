/** Looks at the processes of this machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A process that runs, or waits; not one that has ended and that nobody has asked about. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

// Not in the way of servers in this process, which are given little time to answer.
async function processes(): Promise<readonly Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid = '', parent, group, state = 'Z'] = line.trim().split(/\s+/);
    if (state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
  });
}

/** Ids of the children of a process, in the order in which they were started. */
export function childrenOf(parent = 0): Promise<readonly number[]> {
  return idsOf((process) => process.parent === parent);
}

/** Ids of the children, and of theirs. */
export async function descendantsOf(pid = 0): Promise<readonly number[]> {
  const children = await childrenOf(pid);
  const below = await Promise.all(children.map(descendantsOf));
  return children.flatMap((child, index) => [child, ...(below[index] ?? [])]);
}

/** Ids of the processes of a group. */
export function membersOf(group: number): Promise<readonly number[]> {
  return idsOf((process) => process.group === group);
}

/** Those of some processes that have not ended. */
export function aliveOf(pids: readonly number[]): Promise<readonly number[]> {
  return idsOf(({ pid }) => pids.includes(pid));
}

async function idsOf(which: (process: Process) => boolean): Promise<readonly number[]> {
  return (await processes())
    .filter(which)
    .map(({ pid }) => pid)
    .toSorted((a, b) => a - b);
}
