/** Servers that tests start for real, and what to do where one is not installed. */
import { existsSync } from 'node:fs';
import { findProgram } from '../tools/monitoring/findProgram.ts';

/** Whether a program is on the PATH. */
export function installed(program: string): boolean {
  return findProgram([program]) !== undefined;
}

/**
 * Whether the tests of this file must be skipped because a program is absent; says so in one line.
 *
 * @throws Error in CI, where every program must be there.
 */
export function missing(...programs: readonly string[]): boolean {
  const absent = programs.filter((program) => !installed(program));
  if (absent.length === 0) return false;
  if (process.env['CI'] === 'true') throw new Error(`CI lacks ${absent.join(', ')}`);
  console.log(`skipped: ${absent.join(', ')} not installed`);
  return true;
}

/** Debian's library that fakes a process's clock, of the package `faketime`. */
export const libfaketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** Like `missing`, for a file. */
export function missingFile(path: string): boolean {
  if (existsSync(path)) return false;
  if (process.env['CI'] === 'true') throw new Error(`CI lacks ${path}`);
  console.log(`skipped: ${path} not installed`);
  return true;
}
