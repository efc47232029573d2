/** A folder for the files of a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes it; it goes with all that is in it after the last of the tests around. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lambdascope-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
