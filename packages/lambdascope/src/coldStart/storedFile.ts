/** What the commands leave for each other, and for the live page: files in `.lambdascope/` of the service. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The folder; each machine has its own figures, so it ignores itself. */
const FOLDER = '.lambdascope';

/** What there is. */
type StoredName = 'coldstart.json' | 'calibration.json';

/** A file's document; none where it has not been written. */
export async function readStored<Document>(
  folder: string,
  name: StoredName,
): Promise<Document | undefined> {
  const text = await readFile(join(folder, FOLDER, name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Document);
}

/** Writes a document; gives the path from the service's folder. */
export async function writeStored(
  folder: string,
  name: StoredName,
  document: object,
): Promise<string> {
  await writeJson(join(folder, FOLDER, name), document);
  await writeFile(join(folder, FOLDER, '.gitignore'), '*\n');
  return `${FOLDER}/${name}`;
}

/** Writes JSON for people too, and the folder that it needs. */
export async function writeJson(file: string, document: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
}
