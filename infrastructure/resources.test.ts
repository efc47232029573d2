import { build } from 'esbuild';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { root } from '../tools/root.ts';

const { dependencies } = manifest;

it('needs no package that is for development, so that the image of the emulator can read serverless.yml', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['infrastructure/resources.ts', 'infrastructure/plugin.ts'],
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  });
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  const packages = imports
    .filter(({ external, path }) => external && !path.startsWith('node:'))
    .map(({ path }) => path.split('/')[0]);
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(packages));
});
