import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/temporaryFolder.ts';
import { writeFiles } from '../../test/stranger.ts';
import { bundleBytes, grown, heaviest, modulesOf } from './modules.ts';

const folder = temporaryFolder();
const heavy = `module.exports = '${'x'.repeat(100)}';`;

/** Writes a bundle as esbuild does, with packages at a path; gives what is in it. */
async function bundle(name: string, packages: string, own = 'hello();') {
  const input = `${packages}node_modules/@shop/heavy/index.js`;
  const wrapped = `var require_heavy = __commonJS({ "${input}"(exports, module) { ${heavy} } });`;
  await writeFiles(join(folder, name), {
    'dist/hello/index.mjs': `// ${input}\n${wrapped}\n// lib/hello.ts\n${own}\n`,
    'dist/hello/index-meta.json': JSON.stringify({
      outputs: {
        'dist/hello/index.mjs.map': { inputs: {} },
        'dist/hello/index.mjs': {
          inputs: {
            [input]: { bytesInOutput: wrapped.length },
            'lib/hello.ts': { bytesInOutput: own.length },
          },
        },
      },
    }),
  });
  const file = join(folder, name, 'dist/hello/index.mjs');
  const modules = await modulesOf({
    key: 'hello',
    name: 'shop-dev-hello',
    handler: 'dist/hello/index.handler',
    file,
    codeDir: join(folder, name),
    memorySize: 1024,
    architecture: 'arm64',
    timeout: 6000,
    environment: {},
    event: undefined,
  });
  return { file, modules };
}

it('are those of the metafile, a package as one', async () => {
  const { modules } = await bundle('one', '');
  expect(heaviest(modules, 5)).toEqual({
    unit: 'bytes',
    modules: [
      { name: '@shop/heavy', weight: expect.any(Number) },
      { name: 'lib/hello.ts', weight: 8 },
    ],
  });
  expect(heaviest(modules, 1).modules).toHaveLength(1);
});

it('weigh the same wherever they are built', async () => {
  const [here, there] = [await bundle('here', ''), await bundle('there', '../../../elsewhere/')];
  expect(grown(here.modules, there.modules).weights).toEqual(new Map());
  const [first, second] = await bundleBytes(here, there);
  expect(first).toBe(second);
});

it('say what grew', async () => {
  const [before, after] = [
    await bundle('before', ''),
    await bundle('after', '', 'hello(); bye();'),
  ];
  expect(grown(before.modules, after.modules).weights).toEqual(new Map([['lib/hello.ts', 7]]));
});

it('cannot be compared with those that were timed', async () => {
  const bundled = await bundle('bundled', '');
  const timed = { unit: 'millis', weights: new Map([['hello.mjs', 1]]) } as const;
  expect(grown(timed, bundled.modules).weights).toEqual(new Map());
  // So the files are.
  const [first, second] = await bundleBytes(bundled, { file: bundled.file, modules: timed });
  expect(first).toBe(second);
});
