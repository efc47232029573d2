/** Writes a file so that its readers never notice. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file in one step if its content changes, so that nobody who loads it just then sees half of it. */
export async function writeIfChanged(path: string, contents: Uint8Array | string): Promise<void> {
  const wanted = Buffer.from(contents);
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(wanted)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, wanted);
  await rename(temporary, path);
}
