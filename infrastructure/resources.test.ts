import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { root } from '../tools/root.ts';

it('needs no package, so that the image of the emulator can read serverless.yml', async () => {
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
  expect(imports.filter(({ external, path }) => external && !path.startsWith('node:'))).toEqual([]);
});
