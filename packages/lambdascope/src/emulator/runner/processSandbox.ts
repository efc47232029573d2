/** A sandbox that is a process of its own: its memory is the system's own figure. */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { monotonicMillis } from './memory.ts';
import {
  HOSTED_FUNCTION,
  type HostedFunction,
  isSandboxMessage,
  type Sandbox,
  type SandboxEvents,
} from './sandbox.ts';

const MAIN = fileURLToPath(new URL('./processMain.js', import.meta.url));

/** What takes a time of `monotonicMillis()` to one of `performance.now()`. */
const OFFSET = performance.now() - monotonicMillis();

/** Makes Linux forget the most memory that a process has used: "5" in proc_pid_clear_refs(5). */
const FORGET_PEAK = '5';

export function startProcess(
  options: HostedFunction,
  env: NodeJS.ProcessEnv,
  events: SandboxEvents,
): Sandbox {
  const child = fork(MAIN, {
    env: { ...env, [HOSTED_FUNCTION]: JSON.stringify(options) },
    // The emulator's own flags are not the function's.
    execArgv: [],
    serialization: 'advanced',
  });
  const folder = `/proc/${child.pid}`;
  let beganAt: number | undefined;
  let isGone = false;

  child.on('message', (message) => {
    const { kind, at } = message as { readonly kind?: unknown; readonly at?: unknown };
    if (kind === 'began' && typeof at === 'number') beganAt = at + OFFSET;
    else if (isSandboxMessage(message)) {
      events.message('at' in message ? { ...message, at: message.at + OFFSET } : message);
    }
  });
  // A process that could not be started has no exit.
  child.on('error', (cause) => gone(undefined, cause));
  // Not its exit: what it has sent may come after that.
  child.on('close', (code) => gone(code ?? undefined));
  // By the function's own hand: it has no way left to answer.
  child.on('disconnect', () => child.kill('SIGKILL'));

  function gone(code: number | undefined, cause?: unknown): void {
    if (isGone) return;
    isGone = true;
    events.gone({ code, isOutOfMemory: false, ...(cause !== undefined && { cause }) });
  }

  return {
    give(given) {
      beganAt = undefined;
      forgetPeak(folder);
      if (child.connected) child.send(given);
    },
    tell(told) {
      if (child.connected) child.send(told);
    },
    get beganAt() {
      return beganAt;
    },
    memoryBytes: async () => statusBytes(folder, 'VmRSS'),
    peakBytes: () => statusBytes(folder, 'VmHWM'),
    drain() {},
    end: async () => child.kill('SIGKILL'),
  };
}

function forgetPeak(folder: string): void {
  try {
    writeFileSync(`${folder}/clear_refs`, FORGET_PEAK);
  } catch {
    // Not Linux, or gone.
  }
}

/** A figure of Linux' about a process; none elsewhere, and when it is gone. */
function statusBytes(folder: string, field: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const [, kibibytes] =
      new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`${folder}/status`, 'utf8')) ??
      [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
