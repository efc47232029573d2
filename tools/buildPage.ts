/** Bundles the live page into `dist/page/`. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Builds monitoring/page, with uPlot inside. */
export async function buildPage(): Promise<void> {
  const page = fileURLToPath(new URL('../monitoring/page/', import.meta.url));
  await build({
    absWorkingDir: page,
    entryPoints: ['main.ts', 'page.css', 'index.html', 'icon.svg'],
    loader: { '.html': 'copy', '.svg': 'copy' },
    outdir: '../../dist/page',
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    // The oldest that know light-dark() in style sheets.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'silent',
  });
}
