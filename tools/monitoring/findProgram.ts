/** Finds programs on the PATH and where Debian puts daemons, which is not on every user's PATH. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const DAEMON_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Path of the first of the names that is installed, if any. */
export function findProgram(
  names: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(delimiter), ...DAEMON_FOLDERS].filter(Boolean);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
