/** Programs at fixed versions that tests compare with, where `test/programs/install.sh` has put them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { missingFile } from '../servers.ts';

/** Outside the tree, so that a new clone finds them. */
export const programsFolder = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'lambdascope/programs',
);

/** Path of a program from PyPI, as `requirements.txt` has it. */
export function pythonProgram(name: string): string {
  return join(programsFolder, 'python/bin', name);
}

/**
 * Whether the tests of this file must be skipped because programs from PyPI are absent; says so in one line.
 *
 * @throws Error in CI, where every program must be there.
 */
export function missingPython(...names: readonly string[]): boolean {
  return names.some((name) => missingFile(pythonProgram(name)));
}
