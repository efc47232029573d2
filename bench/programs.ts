/** Programs at fixed versions that benchmarks compare with, where `bench/install.sh` has put them. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the tree, as those of the tests. */
const folder = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'lambdascope/programs/bench',
);

/** A program is not installed; the message says what to do. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}

/**
 * Path of a file of theirs.
 *
 * @throws MissingProgram when it is not there
 */
export function benchProgram(...path: readonly string[]): string {
  const file = join(folder, ...path);
  if (!existsSync(file)) {
    throw new MissingProgram(`${file} is not installed. Run: bash bench/install.sh`);
  }
  return file;
}
