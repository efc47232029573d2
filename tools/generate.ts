/** Writes every generated file of the repo; with `--check`, fails when one is stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from '../monitoring/generatedFiles.ts';
import { metricsDocs } from './metricsDocs.ts';

/** A committed file that code writes. */
export interface GeneratedFile {
  /** Path from the root of the repo. */
  readonly path: string;
  /** The whole new content, from the present content (for files with hand-written parts). */
  readonly render: (present: string) => string | Promise<string>;
}

/** Every generated file, by the module that writes it. */
const files: readonly GeneratedFile[] = [
  ...generatedFiles.map(({ path, content }) => ({
    path: `monitoring/${path}`,
    render: () => content,
  })),
  ...metricsDocs,
];

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const stale: string[] = [];

for (const { path, render } of files) {
  const present = await readFile(root + path, 'utf8').catch(() => '');
  const wanted = await render(present);
  if (wanted === present) continue;
  if (check) stale.push(path);
  else {
    await writeFile(root + path, wanted);
    console.log(`wrote ${path}`);
  }
}

if (stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run: npm run generate`);
  process.exitCode = 1;
}
