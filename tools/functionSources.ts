/** Where the source of each function is: a file in `functions/`, or a folder of its own with what belongs to it. */
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { root } from './root.ts';

/** Paths from the root of the repo, by the functions' names. */
export function functionSources(): Readonly<Record<string, string>> {
  const files = globSync('functions/*.ts', { cwd: root });
  const folders = globSync('*/function.ts', { cwd: root });
  return Object.fromEntries([
    ...files.map((file) => [basename(file, '.ts'), file]),
    ...folders.map((file) => [dirname(file), file]),
  ]);
}
