/** Bundles each function for Lambda into `dist/<name>/`; run as a program, it builds once. */
import { execFile } from 'node:child_process';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isNewest } from '../packages/lambdascope/build.ts';
import { functionSources } from './functionSources.ts';
import { root } from './root.ts';
import { writeIfChanged } from './writeIfChanged.ts';

const SWAGGER_UI = 'node_modules/swagger-ui-dist';

/** Files that the docs function serves, besides the OpenAPI document: where from, by name. */
const docsFiles = {
  'index.html': 'functions/docs/index.html',
  'page.js': 'functions/docs/page.js',
  'swagger-ui.css': `${SWAGGER_UI}/swagger-ui.css`,
  'swagger-ui-bundle.js': `${SWAGGER_UI}/swagger-ui-bundle.js`,
} as const;

/** Written when all is built. Its time is from before the sources were read, so what changes meanwhile is newer. */
const STAMP = join(root, 'dist/.built');

/** What is in `dist/`, or makes it. A folder is newer when a file in it is gone. */
const SOURCES = [
  '{model,functions}',
  '{lib,model,functions}/**/!(*.generated.js)',
  'tools/*.ts',
  '{package,package-lock,tsconfig}.json',
  'packages/lambdascope/dist/.built',
];

/**
 * Builds every function into `dist/`, not if nothing has changed.
 *
 * @throws Error as `build` does
 */
export async function buildChanged(): Promise<void> {
  const folders = Object.values(functionSources()).map((file) => `${dirname(file)}/**`);
  if (!isNewest(STAMP, root, [...SOURCES, ...folders])) await build();
}

/**
 * Builds every function into `dist/`.
 *
 * @throws Error when there is no sound model to serve, or the code does not compile
 */
export async function build(): Promise<void> {
  // Not before it is needed: who starts what is built already does not wait for it.
  const { build: esbuild } = await import('esbuild');
  const started = new Date();
  await compileSchemas();
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(functionSources()).map(([name, file]) => [`${name}/index`, file]),
    ),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Names and lines stay, so that a stack from AWS can be read; a cold start does not notice.
    minifySyntax: true,
    // Beside the bundle, which does not name it: the package leaves it out.
    sourcemap: 'external',
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // CommonJS packages inside an ES module still ask for built-ins by require().
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    write: false,
    logLevel: 'silent',
  }).catch((cause: Error) => {
    throw new Error(cause.message, { cause });
  });
  await Promise.all([
    ...outputFiles.map(({ path, contents }) => writeIfChanged(path, contents)),
    // What is in a bundle, for `lambdascope coldstart`.
    ...Object.entries(metafile.outputs)
      .filter(([path]) => path.endsWith('.mjs'))
      .map(([path, output]) =>
        writeIfChanged(
          join(root, dirname(path), 'meta.json'),
          JSON.stringify({ inputs: {}, outputs: { [path]: output } }),
        ),
      ),
    ...Object.entries(docsFiles).map(async ([name, source]) => {
      const content = await readFile(join(root, source), 'utf8');
      // Swagger UI's own maps are not served.
      const unmapped = content.replace(/^\/\*# sourceMappingURL=.*\*\/$/m, '');
      return writeIfChanged(join(root, 'dist/docs', name), unmapped);
    }),
  ]);
  await writeFile(STAMP, '');
  await utimes(STAMP, started, started);
}

/** Compiles the schemas, in a process of its own: a rebuild must not see modules of the build before. */
async function compileSchemas(): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'tools/codegen.ts')]);
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(stderr || 'The schemas do not compile.', { cause: error });
  }
}

if (import.meta.main) {
  // No top-level await: plugins of the Serverless Framework are loaded by require().
  build().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
