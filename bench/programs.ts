/** Programs at fixed versions that benchmarks compare with, where `bench/install.sh` has put them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programsFolder } from '../tools/programsFolder.ts';

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
  const file = join(programsFolder, 'bench', ...path);
  if (!existsSync(file)) {
    throw new MissingProgram(`${file} is not installed. Run: bash bench/install.sh`);
  }
  return file;
}
