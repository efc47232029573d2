/** Which part may import which: the layout's promise, kept by reading the imports. */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../tools/root.ts';

/** Anything imported or exported from elsewhere, at load or later. */
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm;
/** The same, when only types are. */
const TYPE_IMPORT = /^import type [^;]+;$/gm;

/** Sources of a folder with what each imports: paths from the root, or names of packages. */
function importsOf(folder: string): { file: string; imports: string[] }[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => {
      const code = readFileSync(join(root, file), 'utf8').replaceAll(TYPE_IMPORT, '');
      const imports = [...code.matchAll(IMPORT)].map(([, from = '']) =>
        from.startsWith('.') ? normalize(join(dirname(file), from)) : from,
      );
      return { file, imports };
    });
}

const isBuiltin = (name: string) =>
  name.startsWith('node:') || builtinModules.includes(name.split('/')[0] ?? '');

/** Imports of a folder that are not allowed there, as `file imports what`. */
function strays(folder: string, allowed: (name: string, file: string) => boolean): string[] {
  return importsOf(folder).flatMap(({ file, imports }) =>
    imports
      .filter((name) => !isBuiltin(name) && !allowed(name, file))
      .map((name) => `${file} imports ${name}`),
  );
}

const isPackage = (name: string) => !/^(functions|lib|model|monitoring|tools|test)\//.test(name);

it('finds imports at all', () => {
  const observe = importsOf('lib').find(({ file }) => file === 'lib/observe.ts');
  expect(observe?.imports).toContain('lib/sink.ts');
  expect(importsOf('lib').find(({ file }) => file === 'lib/sink.ts')?.imports).toContain(
    'lib/emfSink.ts',
  );
});

it('functions/ imports lib/ and packages only', () => {
  expect(strays('functions', (name) => isPackage(name) || name.startsWith('lib/'))).toEqual([]);
});

it('lib/ imports the artifact of model/, and no part that runs on this machine only', () => {
  expect(
    strays(
      'lib',
      (name) => isPackage(name) || name.startsWith('lib/') || name === 'model/artifact.json',
    ),
  ).toEqual([]);
});

it('prom-client is in the aggregator alone, aws-embedded-metrics in its sink alone', () => {
  const importers = (name: string) =>
    ['functions', 'lib', 'model', 'monitoring', 'tools']
      .flatMap(importsOf)
      .filter(({ imports }) => imports.some((from) => from.split('/')[0] === name))
      .map(({ file }) => file);
  expect(importers('prom-client')).toEqual(['monitoring/instruments.ts']);
  expect(importers('aws-embedded-metrics')).toEqual(['lib/emfSink.ts']);
});

it('the environment of a function is read in lib/config.ts alone', () => {
  const readers = ['functions', 'lib']
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('process.env'));
  expect(readers).toEqual(['lib/config.ts']);
});
