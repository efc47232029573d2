/** Builds the package: JavaScript and types from `src/`, and the live page, into `dist/`; not if nothing has changed. */
import { execFile } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const folder = import.meta.dirname;
const dist = join(folder, 'dist');
/** Written before the sources are read, so what changes meanwhile is newer. */
const STAMP = '.built';

/**
 * Builds what has changed, and puts it where it belongs in one step: an emulator that runs, or another
 * build, never sees half of it.
 *
 * @throws Error with the compiler's words when the code does not compile
 */
export async function buildKit(): Promise<void> {
  const sources = ['src/**', 'build.ts', 'tsconfig.json', 'package.json'];
  if (isNewest(join(dist, STAMP), folder, sources)) return;
  const made = `${dist}.${process.pid}`;
  try {
    await mkdir(made);
    await writeFile(join(made, STAMP), '');
    await Promise.all([compile(made), buildPage(made)]);
    await bundleTypebox(made);
    // npm makes a command executable when it installs it, and not when it is built anew.
    await chmod(join(made, 'cli.js'), 0o755);
    // A package has its license in it.
    await copyFile(join(folder, '../../LICENSE'), join(folder, 'LICENSE'));
    await rename(dist, `${made}.old`).catch(unlessMissing);
    await rename(made, dist);
  } finally {
    await rm(made, { recursive: true, force: true });
    await rm(`${made}.old`, { recursive: true, force: true });
  }
}

/** Whether a file was written after all files of a folder that the patterns name. */
export function isNewest(file: string, cwd: string, patterns: readonly string[]): boolean {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return globSync(patterns, { cwd }).every((name) => statSync(join(cwd, name)).mtimeMs < written);
}

async function compile(outDir: string): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(compiler), 'bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--outDir', outDir]).catch(
    (cause: Error & { stdout: string }) => {
      throw new Error(cause.stdout || cause.message, { cause });
    },
  );
}

/** See src/typebox.ts. */
async function bundleTypebox(outDir: string): Promise<void> {
  const { build } = await import('esbuild');
  const file = join(outDir, 'typebox.js');
  await build({
    absWorkingDir: folder,
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
}

/** With Preact and uPlot inside, so that nothing of them is needed when it is served. */
async function buildPage(outDir: string): Promise<void> {
  // Not before it is needed: who starts what is built already does not wait for it.
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: join(folder, 'src/page'),
    entryPoints: [
      'main.tsx',
      'page.css',
      'index.html',
      'icon.svg',
      'forecastChart.ts',
      'forecastChart.css',
    ],
    loader: { '.html': 'copy', '.svg': 'copy' },
    outdir: join(outDir, 'page'),
    jsx: 'automatic',
    jsxImportSource: 'preact',
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    // The oldest that know light-dark() in style sheets.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'silent',
  });
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

if (import.meta.main) {
  await buildKit().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
