/** Bundles the live page into `dist/page/`. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './root.ts';
import { writeIfChanged } from './writeIfChanged.ts';

/** Builds monitoring/page, with uPlot inside, so that nothing of it is needed when it is served. */
export async function buildPage(): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: join(root, 'monitoring/page'),
    entryPoints: ['main.ts', 'page.css', 'index.html', 'icon.svg'],
    loader: { '.html': 'copy', '.svg': 'copy' },
    outdir: join(root, 'dist/page'),
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    // The oldest that know light-dark() in style sheets.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    write: false,
    logLevel: 'silent',
  });
  await Promise.all(outputFiles.map(({ path, contents }) => writeIfChanged(path, contents)));
}
