/** Builds the package: JavaScript and types from `src/`, and the live page, into `dist/`; not if nothing has changed. */
import { execFile } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';

const folder = import.meta.dirname;
/** Written last, so that it tells a whole build from one that was cut off. */
const BUILT = join(folder, 'dist/.built');

/**
 * Builds what has changed.
 *
 * @throws Error with the compiler's words when the code does not compile
 */
export async function buildKit(): Promise<void> {
  if (isFresh()) return;
  await rm(BUILT, { force: true });
  await Promise.all([compile(), buildPage()]);
  await writeFile(BUILT, '');
}

function isFresh(): boolean {
  const built = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ['src/**', 'build.ts', 'tsconfig.json', 'package.json'];
  return globSync(sources, { cwd: folder }).every(
    (file) => statSync(join(folder, file)).mtimeMs < built,
  );
}

async function compile(): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(compiler), 'bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
    (cause: Error & { stdout: string }) => {
      throw new Error(cause.stdout || cause.message, { cause });
    },
  );
}

/** With uPlot inside, so that nothing of it is needed when it is served. */
async function buildPage(): Promise<void> {
  await mkdir(join(folder, 'dist/page'), { recursive: true });
  await esbuild({
    absWorkingDir: join(folder, 'src/page'),
    entryPoints: ['main.ts', 'page.css', 'index.html', 'icon.svg'],
    loader: { '.html': 'copy', '.svg': 'copy' },
    outdir: join(folder, 'dist/page'),
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    // The oldest that know light-dark() in style sheets.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'silent',
  });
}

if (import.meta.main) {
  await buildKit().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
